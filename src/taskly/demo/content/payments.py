"""The board Payments."""

from taskly.demo.content.plan import (
    DOING,
    DONE,
    REVIEW,
    PlannedBoard,
    PlannedCard,
    PlannedSprint,
)

CARDS = (
    PlannedCard(
        title="Take card payments through the new gateway",
        column=DONE,
        labels=("backend", "security"),
        priority="high",
        points=8,
        assignees=("ann",),
        in_sprint=True,
        text="The old gateway is switched off in spring. Charge through the new one, **behind a flag**, "
        "for a tenth of the shops first.\n\nCard numbers never reach our servers: the browser sends "
        "them to the gateway and we get a token.",
        criteria=(
            "A charge, a refusal and a time-out each end in a state of their own",
            "The flag is per shop and can be turned off without a release",
        ),
    ),
    PlannedCard(
        title="Store amounts as integers of the smallest unit",
        column=DONE,
        labels=("backend", "debt"),
        priority="medium",
        points=5,
        assignees=("ben",),
        text="`Decimal` survives the database but not every JSON parser on the way. Keep cents as "
        "`bigint`, with the currency beside them, and format at the edge only.",
        criteria=("No float in any payload", "Yen and dinar round trip unchanged"),
    ),
    PlannedCard(
        title="Show the refund status to support staff",
        column=DONE,
        labels=("support",),
        priority="low",
        points=3,
        assignees=("chika",),
        in_sprint=True,
        text="Support opens the gateway's own console about thirty times a day to see whether a refund "
        "went through. Show it in our order page.",
        criteria=("State and date of each refund", "A link to the gateway for the rest"),
    ),
    PlannedCard(
        title="Verify the gateway's webhook signatures",
        column=DONE,
        labels=("security",),
        priority="urgent",
        points=3,
        assignees=("ann",),
        text="Anybody who knows the address can tell us that a charge succeeded. Check the signature over "
        "the raw body, in constant time, before anything is parsed.",
        criteria=(
            "A wrong or missing signature is answered 401",
            "Replays older than 5 minutes too",
        ),
    ),
    PlannedCard(
        title="Retry charges that timed out, once",
        column=DONE,
        labels=("backend",),
        priority="high",
        points=5,
        assignees=("ben", "ann"),
        in_sprint=True,
        text="A time-out says nothing about what happened. Ask the gateway by our own reference first; "
        "charge again only if it knows nothing.",
        criteria=(
            "Nobody is charged twice when the answer is lost",
            "The second attempt is logged",
        ),
    ),
    PlannedCard(
        title="Write down the states of a payment",
        column=DONE,
        labels=("docs",),
        points=2,
        assignees=("dana",),
        text="One diagram: which states there are, what leads from one to the next, and who may do it.",
    ),
    PlannedCard(
        title="Drop the unused fraud_score column",
        column=DONE,
        labels=("debt",),
        priority="low",
        points=1,
        assignees=("emil",),
        text="Nothing has written it since the new scoring went live. Remove it in two steps, so that the "
        "old version can run beside the new one.",
        criteria=("The migration takes no long lock", "It has a downgrade"),
    ),
    PlannedCard(
        title="Alert when one gateway answers slowly",
        column=DONE,
        labels=("backend",),
        priority="medium",
        points=3,
        assignees=("emil",),
        text="95th percentile above 2 s for five minutes. The page names the gateway and links to the "
        "dashboard.",
    ),
    PlannedCard(
        title="Send receipts in the customer's language",
        column=REVIEW,
        labels=("backend",),
        priority="medium",
        points=5,
        assignees=("chika",),
        due_in_days=2,
        in_sprint=True,
        text="Receipts are in English whatever the shop speaks. Take the language of the order; fall back "
        "to that of the shop.\n\nTemplates lie in `receipts/`, one file a language.",
        criteria=("Amounts and dates follow the locale", "A missing text falls back, never fails"),
    ),
    PlannedCard(
        title="Round split payments without losing a cent",
        column=REVIEW,
        labels=("bug", "backend"),
        priority="high",
        points=3,
        assignees=("ben",),
        due_in_days=1,
        in_sprint=True,
        text="10.00 split by three is booked as three times 3.33, and the ledger is off by one cent. Give the rest "
        "to the first parts.\n\n```\n10.00 / 3 → 3.34 + 3.33 + 3.33\n```",
        criteria=("Parts always add up to the whole", "A property test over random splits"),
    ),
    PlannedCard(
        title="Ask for 3-D Secure only above the exemption limit",
        column=REVIEW,
        labels=("security",),
        priority="medium",
        points=5,
        assignees=("ann",),
        text="Below 30 € most banks let us pass. Ask for the exemption, and for the challenge if it is "
        "refused.",
        criteria=("The limit is a setting per country", "A refusal leads to the challenge at once"),
    ),
    PlannedCard(
        title="Pay out to shops every day instead of every week",
        column=DOING,
        labels=("backend",),
        priority="high",
        points=8,
        assignees=("ann", "ben"),
        due_in_days=5,
        in_sprint=True,
        text="The job runs on Mondays and takes four hours. Daily runs are smaller, but they have to cope "
        "with bank holidays.\n\n1. Collect what is due\n2. Hold back what is disputed\n3. One transfer "
        "a shop, with a reference that we can find again",
        criteria=(
            "A run that was killed continues",
            "No transfer twice",
            "Holidays of the shop's country",
        ),
    ),
    PlannedCard(
        title="Reconcile our ledger with the gateway's report",
        column=DOING,
        labels=("backend",),
        priority="medium",
        points=8,
        assignees=("emil",),
        in_sprint=True,
        text="Every night: fetch the report, match by reference, list what only one side knows.",
        criteria=(
            "Differences are listed with both sides' amounts",
            "A late report is fetched again",
        ),
    ),
    PlannedCard(
        title="Move the fee calculation out of the checkout",
        column=DOING,
        labels=("debt",),
        points=5,
        assignees=("dana",),
        text="Three copies of the same `if` ladder, and two of them disagree about gift cards. One pure "
        "function with a table, tested with the cases of last quarter.",
    ),
    PlannedCard(
        title="Explain refused payments in plain words",
        column=DOING,
        labels=("support",),
        priority="medium",
        points=3,
        assignees=("chika",),
        due_in_days=3,
        text="“Error 51” sends people to support. Say what to do: another card, or ask the bank.",
        criteria=("The 20 most frequent codes have a text", "Others: a friendly general one"),
    ),
    PlannedCard(
        title="Refund the same payment in several parts",
        labels=("backend",),
        priority="high",
        points=5,
        assignees=("ann",),
        due_in_days=4,
        in_sprint=True,
        text="Support can refund a payment once, in full or in part. Real returns come in two parcels.\n\n"
        "Allow several refunds until the amount is used up. Two at the same moment must not exceed it.",
        criteria=(
            "The sum of refunds never exceeds the payment, under concurrent requests too",
            "Each refund has its own reference and receipt",
        ),
    ),
    PlannedCard(
        title="Add an idempotency key to POST /charges",
        labels=("backend",),
        priority="high",
        points=5,
        assignees=("ann",),
        due_in_days=6,
        in_sprint=True,
        text="Mobile networks repeat requests. The same key with the same body gives the stored answer; "
        "with another body it is refused with 422.",
        criteria=(
            "Keys live for 24 hours",
            "Two requests at once: one works, one waits for its answer",
        ),
    ),
    PlannedCard(
        title="Keep the gateway's answers for disputes",
        labels=("backend", "support"),
        priority="medium",
        points=3,
        assignees=("ann",),
        in_sprint=True,
        text="When a customer disputes a charge we have 7 days to show what was agreed. Keep the raw "
        "answers for 18 months, encrypted, readable by two roles only.",
        criteria=("Reading one is logged", "They are deleted after 18 months by a job"),
    ),
    PlannedCard(
        title="Limit card attempts per customer and hour",
        labels=("security",),
        priority="high",
        points=3,
        assignees=("ann",),
        due_in_days=7,
        in_sprint=True,
        text="Somebody tried 4 000 stolen numbers on one shop last Sunday. Ten attempts per customer and "
        "hour, a hundred per address.",
        criteria=("The answer says when to try again", "Redis being away lets payments through"),
    ),
    PlannedCard(
        title="Show fees on the payout statement",
        labels=("support",),
        points=3,
        text="Shops see one sum and write to us. List turnover, refunds and fees as lines of their own.",
        criteria=("The lines add up to the transfer",),
    ),
    PlannedCard(
        title="Support SEPA direct debit",
        labels=("backend",),
        points=13,
        text="Needs mandates, pre-notification and returns up to eight weeks later. Too large for one "
        "card: split it when the bank's documents are here.",
    ),
    PlannedCard(
        title="Test checkout with a gateway that is down",
        labels=("debt",),
        priority="medium",
        points=3,
        text="A scripted gateway that answers late, wrongly or not at all; the checkout has to end in a "
        "state that the customer understands.",
    ),
    PlannedCard(
        title="Export the ledger for the auditors",
        labels=("docs",),
        priority="low",
        points=2,
        due_in_days=20,
        text="One CSV a month: date, reference, account, amount, currency. Streamed, because December has "
        "2 million lines.",
        criteria=("Opens in a spreadsheet without guessing encodings",),
    ),
    PlannedCard(
        title="Remember why a payment was put on hold",
        labels=("support",),
        priority="low",
        points=2,
        text="The reason is in somebody's head. Make it a field, and show it where the hold is released.",
    ),
)

BOARD = PlannedBoard(
    name="Payments",
    key="PAY",
    repository="octo/payments",
    labels={
        "backend": "#1f6feb",
        "bug": "#d73a4a",
        "security": "#8957e5",
        "support": "#0e8a16",
        "debt": "#bf8700",
        "docs": "#57606a",
    },
    sprint=PlannedSprint(
        name="Sprint 12",
        goal="Refunds that support can trust, and payouts every day.",
        capacity=45,
    ),
    cards=CARDS,
)

"""What the board Payments has behind it: three sprints that are over."""

from taskly.demo.content.plan import Fate, PastCard, PastSprint

SPRINT_9 = PastSprint(
    goal="One shop takes cards through the new gateway.",
    cards=(
        PastCard("Talk to the new gateway in its sandbox", 5, "ann", "backend"),
        PastCard("Keep the gateway's keys in the vault", 3, "ben", "security"),
        PastCard("Draw the checkout with one step less", 3, "chika", "support"),
        PastCard("Find every place that names the old gateway", 2, "dana", "debt"),
        PastCard("Measure how long a charge takes today", 2, "emil", "backend"),
        PastCard("Choose the gateway per shop by a flag", 3, "ann", "backend"),
        PastCard("Map the gateway's errors to ours", 5, "ben", "backend", fate=Fate("estimated", points=8)),
        PastCard("Show the card's last four digits only", 2, "chika", "security"),
        PastCard("One table for charges of both gateways", 5, "dana", "backend"),
        PastCard("Log a charge without its card number", 3, "emil", "security"),
        PastCard("Accept the gateway's test cards in staging", 2, "ann", "backend"),
        PastCard("Sign requests with the shop's own key", 3, "ben", "security"),
        PastCard("Say in the form which cards are taken", 1, "chika", "support"),
        PastCard("Delete the code of the gateway before last", 3, "dana", "debt"),
        PastCard("Alarm when no charge worked for five minutes", 3, "emil", "backend"),
        PastCard("Charge the pilot shop's first real cent", 3, "ann", "backend"),
        PastCard("Tell support how to see a charge's gateway", 2, "chika", "docs", fate=Fate("reopened")),
        PastCard("Keep the old receipts' numbers", 2, "chika", "support"),
        PastCard("Import charges of the last quarter", 3, "emil", "backend"),
        PastCard("Let shops try the form with their logo", 5, "dana", "support", fate=Fate("dropped")),
        PastCard("Charges in yen are a hundred times too large", 2, "ben", "bug", "urgent", Fate("late", day=3.3)),
    ),
)  # fmt: skip

SPRINT_10 = PastSprint(
    goal="Every shop can move to the new gateway by itself.",
    cards=(
        PastCard("Move a shop to the new gateway in one click", 5, "ann", "backend"),
        PastCard("Go back to the old gateway in one click", 3, "ben", "backend"),
        PastCard("Explain the move on the shop's start page", 3, "chika", "support"),
        PastCard("Run both gateways in the nightly tests", 5, "dana", "debt"),
        PastCard("Copy saved cards to the new gateway", 8, "emil", "backend"),
        PastCard("Refuse a move while refunds are open", 3, "ann", "backend"),
        PastCard("Hold the checkout's answer below 800 ms", 5, "ben", "backend", fate=Fate("estimated", points=8)),
        PastCard("Write to shops a week before they move", 2, "chika", "support"),
        PastCard("Remove currencies that nobody takes", 2, "dana", "debt"),
        PastCard("Count moved shops on the team's screen", 1, "emil", "docs"),
        PastCard("Charge subscriptions through the new gateway", 5, "ann", "backend", fate=Fate("reopened")),
        PastCard("Check card numbers while they are typed", 3, "chika", "support"),
        PastCard("Answer the auditors' questions about keys", 2, "ben", "docs"),
        PastCard("Test the move with a shop of 40 000 orders", 3, "dana", "backend"),
        PastCard("Let the ledger know both gateways", 3, "emil", "backend", fate=Fate("estimated", points=5)),
        PastCard("Show support what a shop has moved", 2, "chika", "support"),
        PastCard("Forget test cards after a day", 2, "ben", "security", fate=Fate("dropped")),
        PastCard("A shop in Oslo can't move: its name has an ø", 1, "emil", "bug", "high", Fate("late", day=4.1)),
        PastCard("Charged twice when the page is reloaded", 3, "ben", "bug", "urgent", Fate("late", day=6.2)),
    ),
)  # fmt: skip

SPRINT_11 = PastSprint(
    goal="The old gateway is switched off.",
    cards=(
        PastCard("Move the last forty shops", 3, "emil", "backend"),
        PastCard("Read refunds from the new gateway only", 3, "chika", "backend"),
        PastCard("Say on the status page when the old gateway goes", 1, "chika", "support"),
        PastCard("Keep the old gateway's data for ten years", 3, "dana", "backend"),
        PastCard("Settle what the old gateway still owes us", 2, "emil", "backend"),
        PastCard("Switch the old gateway off", 3, "ann", "backend"),
        PastCard("Delete the old gateway's client", 2, "dana", "debt"),
        PastCard("Close the old gateway's firewall rules", 1, "emil", "security"),
        PastCard("Show shops their new fees", 3, "chika", "support", fate=Fate("estimated", points=5)),
        PastCard("End the old contract's monthly report", 1, "emil", "docs"),
        PastCard("Fees are shown with last month's rates", 2, "chika", "bug", "high", Fate("late", day=2.6)),
        PastCard("Receipts without a shop's tax number", 2, "dana", "bug", "high", Fate("late", day=5.2)),
        PastCard("Offer the old gateway's reports as a file", 3, "emil", "support", fate=Fate("dropped")),
    ),
)  # fmt: skip

SPRINTS = (SPRINT_9, SPRINT_10, SPRINT_11)

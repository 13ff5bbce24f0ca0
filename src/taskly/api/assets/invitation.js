// The page of an invitation. The token comes in the address's fragment, which browsers send nowhere. It is
// kept for this tab until it is used, so that it is still there after signing in.
"use strict";

const KEPT = "taskly-invitation";
const place = document.querySelector("main");

function show(heading, ...rest) {
  place.replaceChildren(element("h1", heading), ...rest);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function paragraph(text) {
  return element("p", text);
}

function button(text, step) {
  const made = element("button", text);
  made.addEventListener("click", () => run(step));
  return made;
}

async function post(path, token) {
  return fetch(`/api/v1/invitations/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Taskly-Request": "1" },
    body: JSON.stringify({ token }),
  });
}

async function showSignIn() {
  const methods = await (await fetch("/api/v1/auth/methods")).json();
  const ways = [...(methods.github ? byGitHub() : []), ...(methods.link ? byLink() : [])];
  show("Sign in first", paragraph("Sign in, and then come back here to join."), ...ways);
}

function byGitHub() {
  const way = element("a", "Sign in with GitHub");
  way.className = "button";
  way.href = "/api/v1/auth/github/login?next=/invitations";
  return [way];
}

function byLink() {
  return [
    paragraph("Where Taskly runs, make a link that signs you in once, and open it in another tab of this browser:"),
    element("pre", "taskly sign-in-link --login NAME"),
    button("I have signed in", begin),
  ];
}

async function join(token) {
  const answer = await post("accept", token);
  if (answer.status === 401) {
    await showSignIn();
    return;
  }
  const said = await answer.json();
  if (answer.ok) {
    sessionStorage.removeItem(KEPT);
    show(`You have joined ${said.name}`, paragraph(`Your role there: ${said.role}.`));
  } else {
    show(said.title, paragraph(said.detail));
  }
}

async function begin() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get("token") || sessionStorage.getItem(KEPT);
  if (!token) {
    show("No invitation", paragraph("Open the link as it stands in the mail."));
    return;
  }
  sessionStorage.setItem(KEPT, token);
  history.replaceState(null, "", location.pathname);
  const answer = await post("look-up", token);
  const said = await answer.json();
  if (!answer.ok) {
    show(said.title, paragraph(said.detail));
    return;
  }
  if (said.state !== "pending") {
    show(`This invitation to ${said.workspace_name} is over`, paragraph(`It is ${said.state}.`));
    return;
  }
  const until = new Date(said.expires_at).toLocaleString();
  show(
    `${said.invited_by ?? "Somebody"} invites you to ${said.workspace_name}`,
    paragraph(`The invitation is good once, until ${until}.`),
    button(`Join ${said.workspace_name}`, () => join(token)),
  );
}

function run(step) {
  step().catch(() => show("Taskly does not answer", paragraph("Try again in a moment.")));
}

// A link that is opened where this page already is changes nothing but the fragment.
addEventListener("hashchange", () => run(begin));
run(begin);

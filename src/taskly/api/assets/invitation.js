// The page of an invitation. The token comes in the address's fragment, which browsers send nowhere. It is
// kept for this tab until it is used, so that it is still there after signing in.
"use strict";

const KEPT = "taskly-invitation";
const place = document.querySelector("main");

function show(heading, ...rest) {
  const title = document.createElement("h1");
  title.textContent = heading;
  place.replaceChildren(title, ...rest);
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
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
  const said = paragraph("Sign in, and then come back here to join.");
  if (!methods.github) {
    show("Sign in first", said);
    return;
  }
  const way = document.createElement("a");
  way.className = "button";
  way.href = "/api/v1/auth/github/login?next=/invitations";
  way.textContent = "Sign in with GitHub";
  show("Sign in first", said, way);
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
    show(`You have joined ${said.name}`, paragraph(`You are a ${said.role} there.`));
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
  const button = document.createElement("button");
  button.textContent = `Join ${said.workspace_name}`;
  button.addEventListener("click", () => run(() => join(token)));
  const until = new Date(said.expires_at).toLocaleString();
  show(
    `${said.invited_by ?? "Somebody"} invites you to ${said.workspace_name}`,
    paragraph(`The invitation is good once, until ${until}.`),
    button,
  );
}

function run(step) {
  step().catch(() => show("Taskly does not answer", paragraph("Try again in a moment.")));
}

// A link that is opened where this page already is changes nothing but the fragment.
addEventListener("hashchange", () => run(begin));
run(begin);

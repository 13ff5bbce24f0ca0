"""The look of the pages."""

STYLE = """
:root {
  --ground: #f6f7f9; --card: #fff; --ink: #1c2330; --quiet: #5d6878; --line: #dfe3ea;
  --accent: #2456c7; --good: #1a7f4b; --bad: #b3312c; --wait: #96660b; --merged: #6f42c1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161d; --card: #1a202a; --ink: #e4e8ef; --quiet: #98a3b3; --line: #2d3644;
    --accent: #7ba2ff; --good: #55c48a; --bad: #f0837d; --wait: #e0b354; --merged: #b795f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header.top {
  display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap;
  padding: .9rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line);
}
header.top a { color: inherit; text-decoration: none; }
header.top .name { font-weight: 700; font-size: 1.1rem; }
header.top .grow { flex: 1; }
.columns {
  display: grid; grid-template-columns: minmax(0, 1fr) 21rem; gap: 1.25rem;
  max-width: 82rem; margin: 1.25rem auto; padding: 0 1.25rem;
}
@media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.2rem; margin-bottom: 1.25rem;
}
.narrow { max-width: 26rem; margin: 4rem auto; }
h1 { font-size: 1.35rem; margin: 0 0 .4rem; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
h3 { font-size: .8rem; margin: 1.1rem 0 .4rem; color: var(--quiet); text-transform: uppercase;
     letter-spacing: .05em; }
a { color: var(--accent); }
p { margin: .3rem 0; }
code, .mono { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.quiet { color: var(--quiet); }
.good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
.row {
  display: flex; flex-wrap: wrap; gap: .45rem .6rem; align-items: center;
  padding: .55rem 0; border-top: 1px solid var(--line);
}
.row > b:first-child { align-self: flex-start; }
.row > .grow { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; }
.buttons { display: flex; flex-wrap: wrap; gap: .45rem .6rem; margin: .3rem 0; }
.log .row > b:first-child { align-self: flex-start; }
.row > .grow { flex-basis: 8rem; }
aside code { overflow-wrap: anywhere; }

.badge {
  border: 1px solid currentColor; border-radius: 99px; padding: 0 .55rem;
  font-size: .78rem; font-weight: 600; white-space: nowrap;
}
.badge.open { color: var(--good); } .badge.closed { color: var(--bad); }
.badge.merged { color: var(--merged); } .badge.draft { color: var(--quiet); }
form { margin: 0; } form.inline { display: inline; }
form.line { display: flex; flex-wrap: wrap; gap: .45rem; margin: .45rem 0; }
form.line input[type=text] { flex: 1 1 8rem; }
button, input, select {
  font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line);
  border-radius: 7px; padding: .22rem .65rem; min-width: 0;
}
button { cursor: pointer; background: var(--card); }
button:hover, button:focus-visible { border-color: var(--accent); }
button.main { background: var(--good); border-color: var(--good); color: #fff; }
button.danger { color: var(--bad); }
button.person { width: 100%; text-align: left; padding: .5rem .7rem; margin-bottom: .5rem; }
button.person span { display: flex; gap: .6rem; align-items: center; }
.avatar { width: 1.7rem; height: 1.7rem; border-radius: 50%; vertical-align: middle; }
.notice { border-color: var(--bad); color: var(--bad); }
.log { max-height: 34rem; overflow: auto; }
pre { margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { button.main { color: #0c1a12; } }
"""

_COLOURS = ("#2456c7", "#1a7f4b", "#b3312c", "#96660b", "#6f42c1", "#0b7285", "#a61e4d", "#495057")


def avatar(letter: str, number: int) -> str:
    """A picture for somebody: a letter on a colour of its own, as SVG."""
    shown = letter.upper() if letter.isalnum() else "?"
    colour = _COLOURS[number % len(_COLOURS)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="80" height="80">'
        f'<rect width="40" height="40" fill="{colour}"/>'
        '<text x="20" y="27" font-family="sans-serif" font-size="20" font-weight="600" '
        f'fill="#fff" text-anchor="middle">{shown}</text></svg>'
    )

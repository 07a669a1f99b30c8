/** The look of a page: light and dark, on a screen, a phone and paper. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --muted: #57606a; --line: #d8dee4; --soft: #f4f6f8;
  --better: #1a7f37; --worse: #c4232b; --warn: #8a5300; --focus: #0b5cd6;
  --s0: #66707c; --s1: #2563eb; --s2: #c2410c; --s3: #0d7d58; --s4: #8b32d8; --s5: #96700a; --s6: #b5225a;
  --k0: #d3d9df; --k1: #838d98; --k2: #c2410c; --k3: #c99a1c; --k4: #2563eb; --k5: #0d7d58; --k6: #b5225a }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #12161b; --ink: #e4e8ec; --muted: #9aa5b1; --line: #2c333b;
  --soft: #1a2027; --better: #4cc66b; --worse: #ff7b72; --warn: #e0a83e; --focus: #79b0ff;
  --s0: #9aa5b1; --s1: #6ea5ff; --s2: #ff9150; --s3: #45c08f; --s4: #c592f0; --s5: #d9b13b; --s6: #f585ae;
  --k0: #3a434d; --k1: #76818d; --k2: #ff9150; --k3: #d9b13b; --k4: #6ea5ff; --k5: #45c08f; --k6: #f585ae } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
main { max-width: 928px; margin: 0 auto; padding: 32px 24px 64px }
section { margin: 0 0 48px }
section:first-child { margin-bottom: 24px }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere }
h2 { font-size: 21px; line-height: 1.3; margin: 0 0 12px; padding-top: 20px; border-top: 1px solid var(--line) }
h3 { font-size: 16px; margin: 24px 0 8px }
p { margin: 0 0 8px; overflow-wrap: anywhere }
.about, .note { color: var(--muted) }
.note { font-size: 14px }
.strong { font-size: 18px; font-weight: 600; line-height: 1.4 }
.incomplete { color: var(--worse); font-weight: 600 }
figure { margin: 28px 0 32px }
figcaption { font-weight: 600; margin-bottom: 4px }
figure > svg { display: block; width: 100%; height: auto; margin-top: 12px }
svg.narrow { display: none }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink) }
svg text.muted { fill: var(--muted) }
svg text.name { font-weight: 500 }
.tick { stroke: var(--line) } .zero { stroke: var(--muted) } .joint { stroke: var(--muted); stroke-dasharray: 2 2 }
.mark { stroke: var(--ink); stroke-dasharray: 4 3 }
.s0 { --hue: var(--s0) } .s1 { --hue: var(--s1) } .s2 { --hue: var(--s2) } .s3 { --hue: var(--s3) }
.s4 { --hue: var(--s4) } .s5 { --hue: var(--s5) } .s6 { --hue: var(--s6) }
.k0 { --hue: var(--k0) } .k1 { --hue: var(--k1) } .k2 { --hue: var(--k2) } .k3 { --hue: var(--k3) }
.k4 { --hue: var(--k4) } .k5 { --hue: var(--k5) } .k6 { --hue: var(--k6) }
[class^="k"], .whole, .sign { fill: var(--hue) }
.dot { fill: var(--hue); fill-opacity: .55 } .band { fill: var(--hue); fill-opacity: .3 }
.middle { stroke: var(--hue); stroke-width: 3 } .limit { stroke: var(--worse); stroke-width: 2; stroke-dasharray: 3 2 }
.line { fill: none; stroke: var(--hue); stroke-width: 2; stroke-linejoin: round }
rect.better { fill: var(--better) } rect.worse { fill: var(--worse) }
.logarithmic { display: none } .log .logarithmic { display: inline } .log .linear { display: none }
[data-t]:hover, .at { stroke: var(--ink); stroke-width: 2 }
[hidden] { display: none !important }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 8px 0 0; padding: 0; font-size: 14px }
.legend li { display: flex; align-items: center; gap: 6px }
.legend i { width: 12px; height: 12px; border-radius: 3px; background: var(--hue) }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px;
  padding: 2px 8px; display: flex; align-items: center; gap: 6px; cursor: pointer; min-height: 28px }
button[aria-pressed="false"] { color: var(--muted); text-decoration: line-through }
button.scale { text-decoration: none }
button.scale[aria-pressed="true"] { background: var(--soft); border-color: var(--muted) }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px }
details { margin-top: 8px } summary { cursor: pointer; color: var(--muted); font-size: 14px; width: max-content }
.scroll { overflow-x: auto; margin: 12px 0 }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 5px 20px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top;
  white-space: nowrap }
tr > :last-child { padding-right: 0 }
thead th { color: var(--muted); font-weight: 500 }
tbody th { font-weight: 500 }
th.right, td.right { text-align: right }
td b { display: inline-block; min-width: 5ch; text-align: right; font-weight: inherit }
small { display: block; color: var(--muted); font-size: 12px }
td.better { color: var(--better) } td.worse, .failed { color: var(--worse) }
.bar { margin-left: 8px } .bar rect { fill: var(--s1); fill-opacity: .55 }
ul.plain, ul.warning, ul.failure { margin: 8px 0; padding-left: 20px; overflow-wrap: anywhere }
ul.warning { color: var(--warn) } ul.failure { color: var(--worse) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 20px; font-size: 14px; margin: 12px 0 }
dt { color: var(--muted); grid-column: 1 } dd { margin: 0; grid-column: 2; overflow-wrap: anywhere }
pre { background: var(--soft); padding: 12px; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: 13px }
#tip { position: fixed; z-index: 1; pointer-events: none; background: var(--ink); color: var(--paper); font-size: 13px;
  padding: 3px 8px; border-radius: 4px; max-width: 300px }
@media (max-width: 900px) { table { font-size: 13px } th, td { padding-right: 10px } }
@media (max-width: 640px) { main { padding: 20px 20px 48px } h1 { font-size: 24px } .strong { font-size: 17px }
  svg.wide { display: none } svg.narrow { display: block } dl { display: block } dt { margin-top: 8px }
}
@media print { :root { color-scheme: light; print-color-adjust: exact } main { max-width: none; padding: 0 }
  body, .note, .legend, table, dl, pre, summary { font-size: 11px } .strong { font-size: 14px } section { margin-bottom: 24px }
  figure, tr { break-inside: avoid } h2, h3, figcaption { break-after: avoid } .scale, #tip { display: none }
  button { border: none; padding: 0 } details::details-content { content-visibility: visible; display: block }
  svg.wide { display: block } svg.narrow { display: none } .scroll { overflow: visible } }
`;

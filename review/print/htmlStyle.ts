/** The style of the page: light and dark as the reader's system is, and readable at the width of a phone. */
export const STYLE = `
:root { --back: #ffffff; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --block: #f6f8fa; --lost: #cf222e; --new: #1a7f37; --kept: #9a6700; --link: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0d1117; --text: #f0f6fc; --faint: #9198a1; --line: #3d444d; --block: #151b23; --lost: #f85149; --new: #3fb950; --kept: #d29922; --link: #4493f8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; line-height: 1.3; }
h2 { font-size: 1.15rem; margin-top: 2rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin-bottom: 0.3rem; }
a { color: var(--link); }
ul { padding-left: 1.2rem; }
p { margin: 0.3rem 0; }
article { margin: 0.8rem 0; padding: 0.4rem 0.8rem; border: 1px solid var(--line); border-left-width: 4px; border-radius: 6px; }
article.lost { border-left-color: var(--lost); }
article.new { border-left-color: var(--new); }
article.kept { border-left-color: var(--kept); }
.lost .fate, strong { color: var(--lost); }
.new .fate { color: var(--new); }
.kept .fate { color: var(--kept); }
.faint { color: var(--faint); }
code, pre { font: 0.85rem/1.5 ui-monospace, monospace; }
pre { margin: 0.4rem 0; padding: 0.5rem 0.7rem; background: var(--block); border-radius: 6px; white-space: pre-wrap; }
figure { margin: 0.8rem 0; }
figure svg { max-width: 100%; height: auto; }
@media (max-width: 500px) { figure { margin: 0.8rem -1rem; } }
summary { cursor: pointer; color: var(--faint); }
`;

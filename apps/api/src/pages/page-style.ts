import { createHash } from 'node:crypto';

/** The whole style of our own pages: light and dark, one column, readable from 320 px up. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--back:#f3f4f8;--card:#fff;--text:#1c1f2b;--quiet:#565c70;--line:#c3c8d6;--edge:#737a90;--accent:#4338ca;--on-accent:#fff;--bad:#b3161b;--bad-back:#fdecec;--note-back:#eceefc}
@media (prefers-color-scheme:dark){:root{--back:#13151d;--card:#1e212d;--text:#eceef6;--quiet:#a9afc3;--line:#4a5067;--edge:#8b92aa;--accent:#a5abff;--on-accent:#14162b;--bad:#ff9c9c;--bad-back:#3c1d22;--note-back:#282c47}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,footer{padding:1rem;text-align:center}
header a{font-weight:700;font-size:1.2rem;color:var(--text);text-decoration:none}
footer{margin-top:auto;color:var(--quiet);font-size:.9rem}
main{width:100%;max-width:30rem;margin:1rem auto 2rem;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem}
@media (max-width:32rem){main{margin:0;border-width:1px 0;border-radius:0}}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}
h2{margin:1.5rem 0 .5rem;font-size:1.1rem}
p{margin:.5rem 0 1rem}
a{color:var(--accent)}
ol,ul{padding-left:1.4rem;margin:.5rem 0 1rem}
li{margin:.3rem 0}
.field{margin:1rem 0}
label,.label{display:block;margin-bottom:.35rem;font-weight:600}
.hint{margin:.1rem 0 .3rem;color:var(--quiet);font-size:.92rem}
.fault{margin:.1rem 0 .3rem;color:var(--bad);font-weight:600;font-size:.95rem}
input[type=text],input[type=email],input[type=password],textarea{width:100%;min-height:2.75rem;padding:.5rem .7rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--back);color:var(--text);font:inherit}
textarea{min-height:6rem;resize:vertical}
[aria-invalid=true]{border:2px solid var(--bad)!important}
.check{display:flex;gap:.6rem;align-items:flex-start}
.check input{flex:none;width:1.3rem;height:1.3rem;margin:.15rem 0 0;accent-color:var(--accent)}
.check label{margin:0;font-weight:400}
button{min-height:2.75rem;padding:.5rem 1.2rem;border:2px solid var(--accent);border-radius:.6rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:700;cursor:pointer}
button.second{background:transparent;color:var(--accent)}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0 .5rem}
.buttons button{flex:1 1 10rem}
a:focus-visible,button:focus-visible,input:focus-visible,textarea:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.summary{margin:0 0 1rem;padding:.75rem 1rem;border:2px solid var(--bad);border-radius:.6rem;background:var(--bad-back)}
.summary h2{margin:0 0 .3rem}
.summary p,.summary ul{margin-bottom:0}
.note{padding:.75rem 1rem;border-radius:.6rem;background:var(--note-back)}
.code{display:block;padding:.75rem;border:1px dashed var(--line);border-radius:.5rem;background:var(--back);font:1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere;user-select:all}
.breakable{overflow-wrap:anywhere}
.aside{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}
`;

/** The style's place in a content security policy: this text and no other. */
export const PAGE_STYLE_HASH = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;

// Compiles the style sheets into the folder named on the command line
// (assets/ by default). govuk-frontend names sides left and right; the last
// step names them start and end, so that one style sheet serves every direction.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "..", "assets");
mkdirSync(out, { recursive: true });

const side = { left: "start", right: "end" };

function logical(css) {
  return css
    .replace(/([;{]\s*(?:margin|padding))-(left|right):/g, (_, p, s) => `${p}-inline-${side[s]}:`)
    .replace(/([;{]\s*border)-(left|right)((?:-(?:width|style|color))?):/g, (_, p, s, rest) => `${p}-inline-${side[s]}${rest}:`)
    .replace(/([;{]\s*)(left|right):/g, (_, p, s) => `${p}inset-inline-${side[s]}:`)
    .replace(/text-align:\s*(left|right)/g, (_, s) => `text-align:${side[s]}`)
    .replace(/float:\s*(left|right)/g, (m, s) => `${m};float:inline-${side[s]}`);
}

for (const name of ["public", "reading", "staff"]) {
  const { css } = sass.compile(join(here, `${name}.scss`), {
    style: "compressed",
    charset: false,
    quietDeps: true,
    loadPaths: [join(here, "..", "node_modules", "govuk-frontend", "dist")],
  });
  writeFileSync(join(out, `${name}.css`), logical(css) + "\n");
}

// relay-compiler, and what bundlers do for Relay: each document becomes what the compiler made of it.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import compiler from "relay-compiler";

const MADE = "__generated__";
const DOCUMENT = /graphql`\s*(?:query|mutation|fragment|subscription) (\w+)[^`]*`/g;

export function compile(folder) {
  execFileSync(compiler, ["relay.config.json"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return readdirSync(join(folder, "src", MADE));
}

// A program of the folder in the place of its source, with the compiled documents in it, as Node reads it.
export function bundle(folder, name) {
  const path = join(folder, "src", name);
  const source = readFileSync(path, "utf8");
  const imports = [...source.matchAll(DOCUMENT)].map(([, made]) => `import ${made} from "./${MADE}/${made}.graphql.js";\n`);
  writeFileSync(path, imports.join("") + source.replace(DOCUMENT, "$1"));
  for (const made of readdirSync(join(folder, "src", MADE))) {
    const file = join(folder, "src", MADE, made);
    writeFileSync(file, readFileSync(file, "utf8").replace(/(from '\.\/\w+\.graphql)'/g, "$1.js'"));
  }
  return path;
}

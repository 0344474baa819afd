// Runs the program of a folder that was written for Relay: its documents compiled, src/main.js run.

import { pathToFileURL } from "node:url";
import { bundle, compile } from "./compiling.mjs";

const [folder] = process.argv.slice(4);
compile(folder);
await import(pathToFileURL(bundle(folder, "main.js")));

// The audit suite of graphql-http: every MUST and SHOULD of the GraphQL over HTTP draft.
// One after the other: all at once are more operations than one caller may have under way.

import { serverAudits } from "graphql-http";
import { address } from "./questions.mjs";

const results = [];
for (const audit of serverAudits({ url: address, fetchFn: fetch })) {
  results.push(await audit.fn());
}
const failed = results.filter((each) => each.status !== "ok");
for (const { id, name, status, reason } of failed) {
  console.log(`${status} ${id} ${name}: ${reason}`);
}
console.log(`${results.length - failed.length} of ${results.length} audits are ok`);
process.exitCode = failed.length === 0 && results.length >= 60 ? 0 : 1;

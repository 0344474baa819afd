// graphql-sse, the client of server-sent events, in its distinct connections mode.

import assert from "node:assert/strict";
import { createClient } from "graphql-sse";
import * as asked from "./questions.mjs";
import { steps } from "./following.mjs";

function connected(headers) {
  return createClient({ url: asked.address, headers, retryAttempts: 0 });
}

const client = connected(asked.authorization);
const follow = (request) => client.iterate(request);

await asked.show({
  ...steps(follow, "graphql-sse"),
  "an error": async () => {
    const { value } = await client.iterate({ query: asked.TWO_CODES, variables: { code: 1 } }).next();
    assert.equal(value.errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
  },
  "a wrong token": async () => {
    const refused = connected({ authorization: "Bearer wrong" }).iterate({ query: asked.OHIO }).next();
    await assert.rejects(refused, (error) => error.response.status === 401);
  },
});
client.dispose();

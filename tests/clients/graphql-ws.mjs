// graphql-ws, the client of graphql-transport-ws: questions, changes, errors, and a token that is none.

import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import * as asked from "./questions.mjs";
import { steps } from "./following.mjs";

const url = asked.address.replace("http://", "ws://");

function connected(connectionParams) {
  return createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
}

const client = connected(asked.authorization);
const follow = (request) => client.iterate(request);

await asked.show({
  ...steps(follow, "graphql-ws"),
  "an error": async () => {
    const refused = client.iterate({ query: asked.TWO_CODES, variables: { code: 1 } }).next();
    await assert.rejects(refused, (errors) => errors[0].extensions.code === "GRAPHQL_VALIDATION_FAILED");
  },
  "a wrong token": async () => {
    const refused = connected({ authorization: "Bearer wrong" }).iterate({ query: asked.OHIO }).next();
    await assert.rejects(refused, (event) => event.code === 4403 && event.reason.startsWith("This token is not valid"));
  },
});
await client.dispose();

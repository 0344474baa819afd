// urql with its normalized cache: a query, variables, an error, a mutation, and pages joined by relayPagination.

import assert from "node:assert/strict";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import * as asked from "./questions.mjs";

const resolvers = { Query: { communities: relayPagination() } };
const joined = cacheExchange({ resolvers, keys: { Viewer: () => null } });
const client = new Client({
  url: asked.address,
  exchanges: [joined, fetchExchange],
  fetchOptions: { headers: asked.authorization },
  preferGetMethod: false,
});

async function answered(document, variables) {
  const { data, error } = await client.query(document, variables ?? {}).toPromise();
  assert.equal(error, undefined);
  return data;
}

await asked.show({
  "a query": async () => asked.isOhio(await answered(asked.OHIO)),
  "a query by GET": async () => {
    const found = await client.query(asked.OHIO, {}, { preferGetMethod: "force", requestPolicy: "network-only" });
    asked.isOhio(found.data);
  },
  variables: async () => asked.isOhio(await answered(asked.STATE, { code: "OH" })),
  "an error": async () => {
    const { error } = await client.query(asked.TWO_CODES, { code: 1 }).toPromise();
    assert.equal(error.graphQLErrors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
  },
  "a mutation": async () => {
    const campaign = (await answered(asked.MINE)).viewer.campaigns[0].id;
    const { data, error } = await client.mutation(asked.ADD, asked.milestone(campaign, "by urql")).toPromise();
    assert.equal(error, undefined);
    asked.isAdded(data, "by urql");
  },
  "two pages": async () => {
    const { endCursor } = (await answered(asked.PAGE)).communities.pageInfo;
    asked.areTwoPages((await answered(asked.PAGE, { after: endCursor })).communities);
  },
});

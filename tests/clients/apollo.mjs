// @apollo/client: a query, variables, an error, a mutation, and pages joined by relayStylePagination.

import assert from "node:assert/strict";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import * as asked from "./questions.mjs";

const fields = { communities: relayStylePagination(["filter", "orderBy"]) };
const client = new ApolloClient({
  link: new HttpLink({ uri: asked.address, headers: asked.authorization }),
  cache: new InMemoryCache({ typePolicies: { Query: { fields } } }),
});

await asked.show({
  "a query": async () => asked.isOhio((await client.query({ query: gql(asked.OHIO) })).data),
  variables: async () => {
    const { data } = await client.query({ query: gql(asked.STATE), variables: { code: "OH" } });
    asked.isOhio(data);
  },
  "an error": async () => {
    const wrong = client.query({ query: gql(asked.TWO_CODES), variables: { code: 1 } });
    const error = await wrong.then(() => null, (found) => found);
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.equal(error.errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
  },
  "a mutation": async () => {
    const { data } = await client.query({ query: gql(asked.MINE) });
    const variables = asked.milestone(data.viewer.campaigns[0].id, "by Apollo");
    const done = await client.mutate({ mutation: gql(asked.ADD), variables });
    asked.isAdded(done.data, "by Apollo");
  },
  "two pages": async () => {
    const query = gql(asked.PAGE);
    const pages = client.watchQuery({ query });
    const watching = pages.subscribe(() => {});
    const first = await client.query({ query });
    await pages.fetchMore({ variables: { after: first.data.communities.pageInfo.endCursor } });
    watching.unsubscribe();
    asked.areTwoPages(client.readQuery({ query }).communities);
  },
});
client.stop();

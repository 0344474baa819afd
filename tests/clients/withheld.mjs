// The page of GraphiQL where the schema is kept for administrators, or only trusted documents are answered.

import { opened } from "./browser.mjs";
import { address, show, token } from "./questions.mjs";

const [kept] = process.argv.slice(4);
const { browser, page } = await opened(address);
const answer = page.locator(".result-window .CodeMirror-code");

async function run(name) {
  await page.getByRole("button", { name }).click();
  await page.locator(".graphiql-tab-active", { hasText: name }).waitFor();
  await page.getByLabel("Execute query").click();
}

async function signIn() {
  await page.getByLabel("API token").fill(token);
  await page.getByRole("button", { name: "Use it" }).click();
}

const KEPT = {
  schema: {
    "the schema is said to be kept, and queries are answered": async () => {
      await page.goto(address);
      await page.getByText("The schema is not shown to you").waitFor();
      await run("ClosestVotes");
      await answer.getByText("ballotMeasures").first().waitFor();
    },
    "an administrator sees it": async () => {
      await signIn();
      await page.getByText("Signed in as Administrator (fictional), administrator.").waitFor();
      await page.locator("#trouble").waitFor({ state: "hidden" });
      await page.getByLabel("Show Documentation Explorer").click();
      await page.getByRole("link", { name: "Mutation", exact: true }).waitFor();
    },
  },
  documents: {
    "trusted documents are said to be all that is answered": async () => {
      await page.goto(address);
      await page.getByText("This server answers trusted documents alone").waitFor();
      await page.getByLabel("Execute query").click();
      await answer.getByText("PERSISTED_DOCUMENT_REQUIRED").waitFor();
    },
    "examples are answered by their identifiers": async () => {
      await run("ClosestVotes");
      await answer.getByText("ballotMeasures").first().waitFor();
    },
    "examples that follow something are followed so": async () => {
      await signIn();
      await page.getByText("Your token goes with every question.").waitFor();
      await page.getByText("This server answers trusted documents alone").waitFor();
      await run("FollowMyQueue");
      await answer.getByText("queueChanged").waitFor();
    },
  },
};

try {
  await show(KEPT[kept]);
} finally {
  await browser.close();
}

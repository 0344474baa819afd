// The page of GraphiQL where it is not installed: it comes from the CDN, here played from a folder, or says why not.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { opened } from "./browser.mjs";
import { address, show } from "./questions.mjs";

const [folder, host] = process.argv.slice(4);

async function played(route) {
  const name = basename(new URL(route.request().url()).pathname);
  const contentType = name.endsWith(".css") ? "text/css" : "text/javascript";
  const headers = { "access-control-allow-origin": "*" };
  await route.fulfill({ body: readFileSync(join(folder, name)), contentType, headers });
}

async function changed(route) {
  const headers = { "access-control-allow-origin": "*" };
  await route.fulfill({ body: "window.GraphiQL = 'something else'", contentType: "text/javascript", headers });
}

async function withPage(answering, look) {
  const { browser, page, troubles, elsewhere } = await opened(address);
  await page.route(`${host}/**`, answering);
  await page.goto(address);
  await look(page, troubles);
  assert.deepEqual([...elsewhere], [new URL(host).origin]);
  await browser.close();
}

await show({
  "the editor comes from the CDN": () =>
    withPage(played, async (page, troubles) => {
      await page.getByRole("button", { name: "ClosestVotes" }).waitFor();
      assert.deepEqual(troubles, []);
    }),
  "files that were changed there are not run": () =>
    withPage(changed, async (page, troubles) => {
      await page.getByText("The editor could not be loaded").waitFor();
      assert.ok(troubles.some((each) => each.includes("integrity")));
    }),
  "a page without a network says so": () =>
    withPage((route) => route.abort(), async (page) => {
      await page.getByText("Whoever runs this server installs it by `make assets`.").waitFor();
    }),
});

const { browser, page } = await opened(address, { javaScriptEnabled: false });
await show({
  "without JavaScript there are words": async () => {
    await page.route(`${host}/**`, (route) => route.abort());
    await page.goto(address);
    await page.locator("noscript pre").waitFor();
    assert.equal(await page.getByLabel("API token").isVisible(), false);
  },
});
await browser.close();

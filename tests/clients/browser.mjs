// A headless Chromium that notes whatever a page should not do: faults, broken rules of the policy, calls elsewhere.

import { chromium } from "playwright-core";

const QUIET = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];
const KNOWN = ["Missing `Description`", "Failed to load resource"]; // of GraphiQL, to its authors; and told better below

export async function opened(address, options = {}) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: QUIET });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  page.setDefaultTimeout(30_000);
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(`fault: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !KNOWN.some((each) => message.text().includes(each))) {
      troubles.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("response", async (response) => {
    if (response.status() >= 400) {
      const question = response.request().postData()?.slice(0, 200);
      troubles.push(`refused: ${response.status()} ${question} ${(await response.text().catch(String)).slice(0, 400)}`);
    }
  });
  const elsewhere = new Set();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== new URL(address).origin) {
      elsewhere.add(url.origin);
    }
  });
  return { browser, page, troubles, elsewhere };
}

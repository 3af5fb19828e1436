// The admin center in Debian's Chromium. A test that is sometimes wrong is wrong.
// Each test has a server of its own, so they may run side by side.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'specs',
  outputDir: process.env.RELAIS_WEB_RESULTS ?? '../../target/web-tests',
  fullyParallel: true,
  forbidOnly: true,
  // In CI a second try, which is reported as flaky: a machine that stands still for a moment must not
  // hide what all the other tests say.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    ignoreHTTPSErrors: true,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});

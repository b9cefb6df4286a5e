// Makes docs/sandbox.png, the README's picture: an approved change in progress, in the sandbox's page.
//   npm run build && node docs/screenshot.ts [file] [width] [height] [light|dark]

import { servePage } from '../sandbox/page/with-page.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { launchChromium } from '../test/browser/chromium.ts'

const [, , file = 'docs/sandbox.png', width = '1440', height = '900', scheme = 'light'] = process.argv
const sandbox = await startSandbox({ speed: 10 })
const { newLink } = await servePage(sandbox)
const browser = await launchChromium()
const page = await browser.newPage({
  viewport: { width: Number(width), height: Number(height) },
  colorScheme: scheme === 'dark' ? 'dark' : 'light',
})
await page.goto(newLink())
const composer = page.getByLabel('Message #ops')
const send = async (text: string, appears: string) => {
  await composer.fill(text)
  await page.keyboard.press('Escape')
  await composer.press('Enter')
  await page.getByRole('article').getByText(appears).first().waitFor()
}
await send('/ecs scale orders-api 12 --reason "black friday, queue is growing"', 'Scale orders-api 4 → 12')
const ts = sandbox.slack.workspace.history('C0OPS').at(-1)?.ts ?? ''
await sandbox.slack.deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, actionId: 'decide:approve' })
await page.getByRole('article').getByText('4/12 running, 8 pending').waitFor()
await send('/ecs scale web/orders-ap 12', 'Did you mean')
await page.screenshot({ path: file })
await browser.close()
await sandbox.stop()
process.exit(0)

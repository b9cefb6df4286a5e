// The builder, as a person walks it: opened by `/ecs` alone, its fields follow the command, a service is picked from what
// is offered, and what is sent comes back as a plan.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServedPage, servePage } from '../../sandbox/page/with-page.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { launchChromium } from './chromium.ts'

let sandbox: Sandbox
let served: ServedPage
let browser: Browser
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 40 })
  served = await servePage(sandbox)
  await sandbox.recur('index')
  // A trigger lives for three seconds: the container that opens the form is warm.
  await sandbox.slack.deliver.command({ user: 'U0APPROVE', channel: 'C0OPS', text: '' })
  await sandbox.quiet()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await sandbox.stop()
})

const shoot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['SHOTS']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}

test('a command is put together, its mistake stands by its field, and it becomes a card', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(served.newLink())
  await page.getByLabel('Message #ops').fill('/ecs')
  await page.keyboard.press('Escape')
  await page.getByLabel('Message #ops').press('Enter')
  const form = page.getByRole('dialog', { name: 'Operate ECS' })
  await form.waitFor()

  await form.getByLabel('Command').selectOption('scale')
  await form.getByLabel('Count', { exact: true }).waitFor()
  await form.getByText('Write how many tasks: 6, +2, -1, x2 or 50%.').waitFor()
  await form.getByLabel('Service').fill('order')
  await form.getByRole('option', { name: 'prod.us-east-1/web/orders-api' }).click()
  await form.getByLabel('Count', { exact: true }).fill('many')
  await shoot(page, 'builder')
  await form.getByRole('button', { name: 'Plan' }).click()
  await form.getByText('many is not a number of tasks.').waitFor()
  await form.getByLabel('Count', { exact: true }).fill('6')
  await form.getByRole('textbox', { name: 'Reason' }).fill('black friday')
  await form.getByRole('button', { name: 'Plan' }).click()
  await form.waitFor({ state: 'hidden' })

  const card = page.getByRole('article').filter({ hasText: 'Scale orders-api 4 → 6' })
  await card.getByText('2 tasks start: 50 % more capacity').waitFor()
  await card.getByText('black friday').waitFor()
  expect(errors).toEqual([])
  await page.close()
})

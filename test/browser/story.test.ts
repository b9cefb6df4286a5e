// The first path, as a person walks it: typed in the page, approved by another person, carried out by the built handlers.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServedPage, servePage } from '../../sandbox/page/with-page.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { launchChromium } from './chromium.ts'
import { LOW_CONTRAST } from './contrast.ts'

let sandbox: Sandbox
let served: ServedPage
let browser: Browser
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 40 })
  served = await servePage(sandbox)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await sandbox.stop()
})

const open = async (viewport: { width: number; height: number }): Promise<{ page: Page; errors: string[] }> => {
  const page = await browser.newPage({ viewport })
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(served.newLink())
  await page.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  return { page, errors }
}

const say = async (page: Page, text: string) => {
  await page.getByLabel('Message #ops').fill(text)
  await page.keyboard.press('Escape')
  await page.getByLabel('Message #ops').press('Enter')
}

test('typed, read, approved by another person, rolled, and seen in the AWS calls', async () => {
  const { page, errors } = await open({ width: 1440, height: 900 })
  await say(page, '/ecs scale orders-api 6 --reason "black friday"')
  const card = page.getByRole('article').filter({ hasText: /Scaled? orders-api 4 → 6/ })
  await card.getByText('2 tasks start: 50 % more capacity').waitFor()
  await card.getByText('black friday').waitFor()

  await card.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('article').getByText('someone else must approve it').waitFor()

  await page.getByLabel('You are').selectOption('Approver')
  await card.getByRole('button', { name: 'Approve' }).click()
  await card.getByText('approved by approver').waitFor()
  await card.getByText('✅ Done').waitFor({ timeout: 30_000 })
  expect(await card.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  await page.getByText('UpdateService').first().waitFor()
  expect(errors).toEqual([])
  await page.close()
})

test('rejected through its form: opened, thought better of, opened again, filled in and sent', async () => {
  const { page, errors } = await open({ width: 1440, height: 900 })
  await page.getByLabel('You are').selectOption('Requester')
  await say(page, '/ecs scale prod.us-east-1/web/checkout 8')
  const card = page.getByRole('article').filter({ hasText: 'Scale checkout 6 → 8' })
  await card.getByRole('button', { name: 'Reject' }).waitFor()
  await page.getByLabel('You are').selectOption('Approver')

  await card.getByRole('button', { name: 'Reject' }).click()
  const form = page.getByRole('dialog', { name: 'Reject this change' })
  await form.getByText('Shown to the requester on the card.').waitFor()
  await form.getByRole('button', { name: 'Back' }).click()
  await form.waitFor({ state: 'hidden' })
  expect(await card.getByRole('button', { name: 'Reject' }).count()).toBe(1)

  await card.getByRole('button', { name: 'Reject' }).click()
  await form.getByLabel('Reason').fill('not *during* <!channel> the sale')
  await form.getByRole('button', { name: 'Reject' }).click()
  await form.waitFor({ state: 'hidden' })
  await card.getByText('rejected by approver').waitFor()
  await card.getByText('not *during* <!channel> the sale', { exact: true }).waitFor()
  await card.getByText('🚫 Rejected').waitFor()
  expect(await card.getByRole('button', { name: 'Reject' }).count()).toBe(0)
  expect(errors).toEqual([])
  await page.close()
})

test('a rejection’s reason is asked for in a form, on a phone', async () => {
  const { page, errors } = await open({ width: 390, height: 844 })
  await say(page, '/ecs restart orders-api')
  await page.getByRole('article').getByText('Restart orders-api').waitFor()
  const card = page.getByRole('article').filter({ hasText: 'Restart orders-api' })
  // The switcher is in the drawer on a phone; the control API does as the Approver what a second phone would.
  const ts = sandbox.slack.workspace.history('C0OPS').at(-1)?.ts ?? ''
  await sandbox.slack.deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, actionId: 'decide:reject' })
  await sandbox.slack.deliver.submit({ user: 'U0APPROVE', values: { reason: 'not now' } })
  await card.getByText('rejected by approver').waitFor()
  await card.getByText('not now').waitFor()
  const overflows = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
  expect(overflows).toBe(false)
  expect(errors).toEqual([])
  await page.close()
})

test('the control API answers only this host, with this run’s token', async () => {
  const { controlToken: token } = served
  const ask = (headers: Record<string, string>) =>
    fetch(`${sandbox.url}/_control/time`, { method: 'POST', headers, body: '{}' })
  expect((await ask({})).status).toBe(403)
  expect((await ask({ 'x-quarterdeck-token': `${token}x` })).status).toBe(403)
  expect((await ask({ 'x-quarterdeck-token': token, origin: 'http://evil.example' })).status).toBe(403)
  expect(await (await ask({ 'x-quarterdeck-token': token })).json()).toMatchObject({ ok: true, result: { speed: 40 } })
})

test('leased, extended by its button and reverted', async () => {
  const { page, errors } = await open({ width: 1440, height: 900 })
  await say(page, '/ecs scale prod.us-east-1/web/checkout 8 --for 3h')
  const card = page.getByRole('article').filter({ hasText: /Scaled? checkout .*8 for 3h/ })
  await card.getByText('Undo:').waitFor()
  await page.getByLabel('You are').selectOption('Approver')
  await card.getByRole('button', { name: 'Approve' }).click()
  await card.getByText('Temporary', { exact: true }).waitFor({ timeout: 60_000 })
  await shoot(page, 'leased')

  await card.getByRole('button', { name: 'Extend By 1 Hour' }).click()
  const extension = page.getByRole('article').filter({ hasText: 'Extend the temporary change of checkout by 1h' })
  await extension.getByRole('button', { name: 'Approve' }).waitFor()
  await shoot(page, 'extension')
  await page.setViewportSize({ width: 390, height: 844 })
  await card.scrollIntoViewIfNeeded()
  await shoot(page, 'phone')
  await card.getByRole('button', { name: 'Revert Now' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revert Now' }).click()
  await card.getByText('↩️ Reverted').waitFor({ timeout: 30_000 })
  await card.getByText('Autoscaling bounds: 8..10 → 4..10').waitFor()
  await shoot(page, 'reverted')
  expect(await card.getByRole('button', { name: 'Revert Now' }).count()).toBe(0)
  expect(errors).toEqual([])
  await page.close()
})

test('knobs stand in the way of a command, and cut its line; a table fills while it runs in every task', async () => {
  sandbox.aws.exec.timing = { ...sandbox.aws.exec.timing, floor: 100 }
  const { page, errors } = await open({ width: 1440, height: 900 })
  const world = page.getByRole('complementary', { name: 'World' })
  await page.getByLabel('You are').selectOption('Requester')
  await world.getByLabel('ECS Exec in orders-api tasks').selectOption('Agent stopped')
  await say(page, '/ecs exec orders-api:app -- env-names')
  await page.getByRole('article').getByText('the agent is not running (The agent has exited)').waitFor()
  await world.getByLabel('ECS Exec in orders-api tasks').selectOption('Available')

  await world.getByLabel('Connection of new sessions').selectOption('Cut five times')
  await say(page, '/ecs exec orders-api:app --all -- env-names')
  const card = page.getByRole('article').filter({ hasText: 'tasks of orders-api' }).last()
  await card.getByText('✅ Done').waitFor({ timeout: 60_000 })
  const count = (await card.getByRole('row').count()) - 1
  await card.getByText(`${count} of ${count} ended with status 0.`).waitFor()
  expect(await card.getByRole('columnheader').allTextContents()).toEqual([
    'Task',
    'Zone',
    'Exit status',
    'Time (s)',
    'First line, or cause',
  ])
  await shoot(page, 'exec-wide')
  await page.emulateMedia({ colorScheme: 'dark' })
  await shoot(page, 'exec-wide-dark')
  expect(await page.evaluate(LOW_CONTRAST)).toEqual([])

  await page.setViewportSize({ width: 390, height: 844 })
  const overflows = () => page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
  await card.getByText('In the order of').scrollIntoViewIfNeeded()
  expect(await overflows()).toBe(false)
  await shoot(page, 'exec-phone-dark')
  await page.getByRole('button', { name: 'World', exact: true }).click()
  await world.getByRole('button', { name: 'Cut Open Sessions' }).scrollIntoViewIfNeeded()
  expect(await overflows()).toBe(false)
  await shoot(page, 'exec-knobs-phone-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await shoot(page, 'exec-knobs-phone')
  await world.getByLabel('Connection of new sessions').selectOption('Stable')
  expect(errors).toEqual([])
  await page.close()
})

/** A picture for whoever looks: with SHOTS=folder. */
const shoot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['SHOTS']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}

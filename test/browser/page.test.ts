import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { approvalCard } from './cards.ts'
import { launchChromium } from './chromium.ts'
import { LOW_CONTRAST } from './contrast.ts'
import { servePage } from './serve.ts'

let browser: Browser
let served: Awaited<ReturnType<typeof servePage>>
let page: Page
let complaints: string[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const openPage = async (width = 1440, height = 900): Promise<Page> => {
  const opened = await browser.newPage({ viewport: { width, height } })
  opened.setDefaultTimeout(10_000)
  opened.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  opened.on('pageerror', error => complaints.push(error.message))
  await opened.goto(served.newLink())
  await opened.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  return opened
}

beforeEach(async () => {
  complaints = []
  served = await servePage()
  page = await openPage()
})
afterEach(async () => {
  await page.close()
  served.close()
  expect(complaints).toEqual([])
})

const say = async (text: string) => {
  await page.getByLabel('Message #ops').fill(text)
  await page.keyboard.press('Enter')
}
const openOps = () =>
  page
    .getByRole('navigation')
    .getByRole('button', { name: /^#? ?ops/ })
    .click()
const become = async (name: string) => {
  await page.getByLabel('You are').selectOption(name)
  await page
    .getByLabel('You are')
    .and(page.locator(`:has(option:checked:text-is("${name}"))`))
    .waitFor()
  await expect.poll(() => page.title()).toBe(`Quarterdeck sandbox: ${name}`)
}
// Expressions for the page are text: this file is compiled without the DOM's types.
const inPage = async (expression: string): Promise<unknown> => page.evaluate(expression)
const focused = async () =>
  String(await inPage('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent'))
const overflow = () => inPage('document.documentElement.scrollWidth - innerWidth')

test('a change is asked for by one person and approved by another', async () => {
  await say('/ecs scale orders-api 12')
  await page.getByRole('article').getByText('4 → 12').waitFor()
  await become('Outsider')
  await openOps()
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('article').getByText('You may not decide this').waitFor()
  await page.getByText('Only visible to you').waitFor()
  await become('Approver')
  expect(await page.getByRole('article').getByText('You may not decide this').count()).toBe(0)
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('article').getByText('Approved by').waitFor()
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  expect(await page.getByRole('article').getByText('7/12 running').count()).toBe(1)
})

test('nothing is clicked in the name of whoever was there before', async () => {
  await say('/ecs scale orders-api 12')
  await page.getByRole('article').getByText('4 → 12').waitFor()
  let arrived = () => {}
  const answer = new Promise<void>(resolve => {
    arrived = resolve
  })
  await page.route('**/ui/events?*', async route => {
    await answer
    await route.continue()
  })
  await page.getByLabel('You are').selectOption('Approver')
  expect(await page.locator('.stage[inert]').count()).toBe(1)
  const clicked = page.getByRole('button', { name: 'Approve' }).click()
  arrived()
  await clicked
  await page.getByRole('article').getByText('Approved by').filter({ hasText: 'Approver' }).waitFor()
})

test('a card that changes under the finger still takes the click', async () => {
  await say('/ecs scale orders-api 12')
  const approve = page.getByRole('button', { name: 'Approve' })
  await approve.hover()
  await page.mouse.down()
  const { messages = [] } = await served.web.conversations.history({ channel: 'C0OPS' })
  const card = messages.find(message => message.blocks?.some(block => block.type === 'actions'))
  await served.web.chat.update({ channel: 'C0OPS', ts: card?.ts ?? '', ...approvalCard('U0REQUEST'), text: 'Changed' })
  await page.getByRole('status').getByText('Changed').waitFor({ state: 'attached' })
  await page.mouse.up()
  await page.getByRole('article').getByText('Approved by').filter({ hasText: 'Requester' }).waitFor()
})

test('a confirmation can be declined', async () => {
  await say('/ecs scale orders-api 12')
  await page.getByRole('button', { name: 'Halt Everything' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Halt everything?' })
  await dialog.getByRole('button', { name: 'Keep Going' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await page.getByRole('article').getByText('Rejected by').count()).toBe(0)
  await page.getByRole('button', { name: 'Halt Everything' }).click()
  await dialog.getByRole('button', { name: 'Halt', exact: true }).click()
  await page.getByRole('article').getByText('Rejected by').waitFor()
})

test('a modal keeps what was typed and shows errors beside their fields', async () => {
  await say('/ecs')
  const dialog = page.getByRole('dialog', { name: 'Scale a service' })
  const count = dialog.getByLabel('Desired tasks')
  await dialog.getByRole('button', { name: 'Show the Plan' }).click()
  await dialog.getByText('Please complete this required field.').first().waitFor()
  await dialog.getByRole('combobox', { name: 'Service' }).fill('worker')
  await dialog.getByRole('option', { name: 'orders-worker' }).click()
  await count.fill('99')
  await dialog.getByRole('button', { name: 'Show the Plan' }).click()
  await dialog.getByText('At most 20 tasks are allowed here.').waitFor()
  expect(await count.getAttribute('aria-invalid')).toBe('true')
  const described = (await count.getAttribute('aria-describedby'))?.split(' ') ?? []
  const texts = await Promise.all(described.map(id => page.locator(`#${id}`).textContent()))
  expect(texts).toContain('At most 20 tasks are allowed here.')
  expect(await count.inputValue()).toBe('99')
  await count.fill('12')
  await count.press('Enter')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText('Scaling orders-api to 12', { exact: true }).waitFor()
})

test('a thread takes replies and mentions, but no slash commands', async () => {
  await say('is anybody there?')
  const message = page.getByRole('article').filter({ hasText: 'is anybody there?' })
  await message.hover()
  await message.getByRole('button', { name: 'Reply in thread' }).click()
  const thread = page.getByRole('complementary', { name: 'Thread' })
  const reply = async (text: string) => {
    await thread.getByLabel('Reply…').fill(text)
    await page.keyboard.press('Enter')
  }
  await reply('@quarterdeck logs')
  await thread.getByText('Here are the logs.').waitFor()
  await thread.getByText('@Quarterdeck', { exact: true }).waitFor()
  await page.getByRole('button', { name: '2 replies' }).waitFor()
  await reply('/ecs help')
  await thread.getByText('/ecs is not supported in threads. Sorry!').waitFor()
  await thread.getByRole('button', { name: 'Close thread' }).click()
  await thread.waitFor({ state: 'hidden' })
})

test('a person edits and deletes what they wrote, by keyboard, and nothing of others', async () => {
  await say('@quarterdeck logs <a> & b')
  const message = page.getByRole('article').filter({ hasText: 'logs <a> & b' })
  const more = message.getByRole('button', { name: 'More message actions' })
  const choose = async (item: string) => {
    await more.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: item }).focus()
    await page.keyboard.press('Enter')
  }
  await choose('Edit message')
  expect(await page.getByLabel('Edit message').getByRole('textbox').inputValue()).toBe('@quarterdeck logs <a> & b')
  await page.keyboard.press('Escape')
  await choose('Edit message')
  await page.keyboard.type(' and c')
  await page.keyboard.press('Enter')
  const edited = page.getByRole('article').filter({ hasText: 'logs <a> & b and c' })
  await edited.getByText('(edited)').waitFor()
  expect(served.slack.workspace.history('C0OPS').map(({ text }) => text)).toEqual([
    '<@U0QUARTERBOT> logs &lt;a&gt; &amp; b and c',
  ])
  await become('Approver')
  await more.click()
  expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Show the Logs'])
  await become('Requester')
  await choose('Delete message')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  await choose('Delete message')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('This message was deleted.', { exact: true }).waitFor()
})

test('a message is edited and deleted on a phone, also in a thread', async () => {
  await page.close()
  page = await openPage(390, 780)
  await say('hello')
  const change = async (text: string, item: string) => {
    const message = page.getByRole('article').filter({ hasText: text }).last()
    await message.getByRole('button', { name: 'More message actions' }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  await change('hello', 'Edit message')
  await page.getByLabel('Edit message').getByRole('textbox').fill('good morning')
  expect(await overflow()).toBe(0)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('good morning').waitFor()
  await page.getByRole('button', { name: 'Reply in thread' }).click()
  await page.getByLabel('Reply…').fill('a reply')
  await page.getByLabel('Reply…').press('Enter')
  await page.getByRole('complementary', { name: 'Thread' }).getByText('a reply').waitFor()
  await change('a reply', 'Delete message')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect.poll(() => served.slack.workspace.messages('C0OPS').map(({ text }) => text)).toEqual(['good morning'])
})

test('an ephemeral answer and a failure are gone after a reload', async () => {
  await say('/ecs help')
  await page.getByText('Try /ecs scale orders-api 12.', { exact: true }).waitFor()
  await say('/ecs boom')
  await page.getByText('/ecs failed with the error "dispatch_failed"', { exact: true }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  expect(await page.getByText('Only visible to you').count()).toBe(0)
})

test('everything can be done with the keyboard alone', async () => {
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Skip to messages')
  await page.keyboard.press('Enter')
  await page.getByLabel('Message #ops').focus()
  await page.keyboard.type('/ecs sc')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await page.getByLabel('Message #ops').inputValue()).toBe('/ecs scale ')
  await page.keyboard.type('orders-api 12')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  await page.keyboard.press('ArrowUp')
  expect(await page.getByLabel('Message #ops').inputValue()).toBe('/ecs scale orders-api 12')
  await page.getByLabel('Message #ops').fill('')
  for (let count = 0; count < 12 && (await focused()) !== 'Approve'; count++) await page.keyboard.press('Shift+Tab')
  expect(await focused()).toBe('Approve')
  await page.keyboard.press('Enter')
  await page.getByRole('article').getByText('Approved by').waitFor()
  expect(await focused()).toMatch(/^Quarterdeck, Today at/)
  await page.getByLabel('Message #ops').focus()
  await page.keyboard.type('/ecs')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  expect(await inPage('document.querySelector("dialog[open]").contains(document.activeElement)')).toBe(true)
  for (let count = 0; count < 12; count++) {
    await page.keyboard.press('Tab')
    const outside = await inPage('!document.activeElement.matches("body, dialog[open] *")')
    expect(outside).toBe(false)
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  expect(await focused()).toBe('Message #ops')
})

test('the World panel shows calls as they come, filters them, and turns knobs', async () => {
  const world = page.getByRole('complementary', { name: 'World' })
  await world.getByText('DeleteService').waitFor()
  served.call({
    at: Date.now(),
    service: 'ecs',
    action: 'StopTask',
    region: 'us-east-1',
    caller: 'operator/U0REQUEST',
    status: 'denied',
    summary: 'a task',
  })
  await world.getByText('StopTask').waitFor()
  await world.getByLabel('Filter calls').fill('throttled')
  await world.getByText('StopTask').waitFor({ state: 'detached' })
  await world.getByRole('button', { name: 'Interrupt Spot' }).click()
  await world.getByLabel('Speed').selectOption('60')
  await world.getByLabel('CPU of orders-api, %').fill('90')
  await world.getByLabel('CPU of orders-api, %').press('Enter')
  await expect
    .poll(() => served.turned)
    .toEqual([{ id: 'spot' }, { id: 'speed', value: '60' }, { id: 'cpu', value: 90 }])
})

test('every kind of block is shown, and an unknown one in red', async () => {
  const text = (text: string) => ({ type: 'mrkdwn', text })
  const { workspace } = served.slack
  workspace.post(
    { channel: 'C0OPS', user: 'U0QUARTERBOT' },
    {
      text: 'blocks',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'A header *not bold*' } },
        { type: 'section', text: text('<script>alert(1)</script> *bold* <https://a.example|a link>') },
        {
          type: 'table',
          rows: [[{ type: 'raw_text', text: 'Service' }], [{ type: 'raw_number', text: '12', value: 12 }]],
        },
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_list',
              style: 'bullet',
              elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U0APPROVE' }] }],
            },
          ],
        },
        { type: 'markdown', text: '## Heading\n\n- **one**\n- two\n\n```\ncode\n```' },
        { type: 'hologram' },
      ],
    },
  )
  await page.getByRole('heading', { name: 'A header *not bold*' }).waitFor()
  expect(await page.getByText('<script>alert(1)</script>').count()).toBe(1)
  expect(await page.getByRole('link', { name: 'a link' }).getAttribute('href')).toBe('https://a.example')
  expect(await page.getByRole('columnheader', { name: 'Service' }).count()).toBe(1)
  expect(await page.getByText('@Approver').count()).toBe(1)
  expect(await page.locator('.markdown li').count()).toBe(2)
  expect(await page.getByText('Not supported by this page: block hologram').count()).toBe(1)
})

test('files are previewed: text as text, a picture as a picture', async () => {
  const pixel = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  await served.web.filesUploadV2({
    channel_id: 'C0OPS',
    initial_comment: 'Logs and a chart',
    file_uploads: [
      { filename: 'orders.log', content: 'first line\nsecond line' },
      { filename: 'cpu.png', file: pixel, alt_text: 'CPU rose from 40 to 81 %' },
    ],
  })
  await page.getByText('first line').waitFor()
  await page.getByAltText('CPU rose from 40 to 81 %').waitFor()
  await expect.poll(() => inPage('document.querySelector(".file-image img").naturalWidth')).toBe(1)
})

test.each([390, 360])(
  'at %i pixels nothing scrolls sideways, the sidebar is a drawer and the world a tab',
  async width => {
    await page.close()
    page = await openPage(width, 780)
    await say('/ecs scale orders-api 12')
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    expect(await overflow()).toBe(0)
    await page.getByRole('button', { name: 'Channels' }).click()
    await page.getByRole('navigation').getByRole('button', { name: 'approvals' }).click()
    await page.getByRole('heading', { level: 1, name: 'approvals' }).waitFor()
    await page.getByRole('button', { name: 'World', exact: true }).click()
    await page.getByText('DeleteService').waitFor()
    expect(await overflow()).toBe(0)
  },
)

test('the theme follows the system until it is chosen', async () => {
  const ground = () => inPage('getComputedStyle(document.querySelector(".stage")).backgroundColor')
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.getByRole('button', { name: 'Switch to light theme' }).click()
  expect(await ground()).toBe(light)
})

test.each(['light', 'dark'] as const)('every text has enough contrast in the %s theme', async colorScheme => {
  await page.emulateMedia({ colorScheme })
  await say('/ecs scale orders-api 12')
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  await say('/ecs help')
  await page.getByText('Only visible to you').waitFor()
  await say('hello @approver')
  await page.getByRole('article').getByText('@Approver').waitFor()
  await page.getByLabel('Message #ops').fill('/ecs ')
  expect(await inPage(LOW_CONTRAST)).toEqual([])
  await page.getByLabel('Message #ops').fill('')
  await say('/ecs')
  await page.getByRole('button', { name: 'Show the Plan' }).click()
  await page.getByText('Please complete this required field.').first().waitFor()
  expect(await inPage(LOW_CONTRAST)).toEqual([])
})

test('a link opens the page in one browser, and another browser is told how to get a link', async () => {
  const link = served.newLink()
  const first = await browser.newContext()
  const one = await first.newPage()
  await one.goto(link)
  await one.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  expect(one.url()).toBe(`${served.url}/`)
  await one.reload()
  await one.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  await one.goto(link)
  await one.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  expect(await one.evaluate('document.cookie')).toBe('')
  const second = await browser.newContext()
  const other = await second.newPage()
  await other.goto(link)
  await other.getByRole('heading', { level: 1, name: 'This link was used' }).waitFor()
  await other.getByText('press Enter in the terminal').waitFor()
  expect(await other.evaluate(LOW_CONTRAST)).toEqual([])
  await Promise.all([first.close(), second.close()])
})

test('a page on another port of this machine gets nothing, although the browser sends it the cookie', async () => {
  const heard: string[] = []
  const neighbour = createServer((req, res) => {
    heard.push(String(req.headers.cookie))
    res.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello')
  })
  await new Promise<void>(resolve => neighbour.listen(0, '127.0.0.1', resolve))
  const context = await browser.newContext()
  const own = await context.newPage()
  await own.goto(served.newLink())
  await own.getByRole('heading', { level: 1, name: 'ops' }).waitFor()
  const evil = await context.newPage()
  await evil.goto(`http://127.0.0.1:${(neighbour.address() as AddressInfo).port}/`)
  const post = `fetch('${served.url}/ui/post', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"user":"U0REQUEST","channel":"C0OPS","text":"stolen"}' }).then(() => 'sent', () => 'blocked')`
  await evil.evaluate(post)
  const read = `fetch('${served.url}/', { credentials: 'include' }).then(answer => answer.text(), () => 'blocked')`
  expect(await evil.evaluate(read)).toBe('blocked')
  const stream = `new Promise(done => { const s = new EventSource('${served.url}/ui/events?user=U0REQUEST', { withCredentials: true }); s.onopen = () => done('open'); s.onerror = () => done('refused') })`
  expect(await evil.evaluate(stream)).toBe('refused')
  expect(served.slack.workspace.messages('C0OPS').map(({ text }) => text)).not.toContain('stolen')
  expect(heard.at(-1)).toMatch(/quarterdeck-\d+=/)
  await context.close()
  neighbour.close()
})

test('a page of an earlier run is told to open the new link', async () => {
  await page.context().clearCookies()
  await page.getByLabel('You are').selectOption('Approver')
  await page.getByText('The sandbox was started again. Open the link that npm start printed').waitFor()
  complaints = complaints.filter(text => !text.includes('403'))
})

// The card of a request: decided in ten seconds, once, and by what the voter saw.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PENDING, type Pending } from '../../src/engine/change/open-request.ts'
import { pendingKey } from '../../src/functions/prepare/pending.ts'
import { textOf } from '../world/text-of.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const last = (channel = 'C0OPS') => world.cards(channel).at(-1)
const spotOf = (user: string) => ({ user, channel: last()?.channel ?? '', ts: last()?.ts ?? '' })
const dialog = (user: string) =>
  textOf({ text: '', blocks: world.slack.workspace.views(user).at(-1)?.view.blocks } as never)
const review = async (user: string) => {
  await world.slack.deliver.click({ ...spotOf(user), actionId: 'card:open' })
  await world.quiet()
}
const approveInDialog = async (user: string) => {
  await world.slack.deliver.click({ user, actionId: 'decide:approve' })
  await world.quiet()
}
const operationOf = () =>
  /^decide:(\w+)/.exec(
    String(last()?.blocks?.find(({ block_id: id = '' }) => id.startsWith('decide:'))?.block_id),
  )?.[1] ?? ''
const choose = async (choice: string, user: string) => {
  await world.slack.deliver.click({ ...spotOf(user), actionId: 'card:menu', value: `${choice} ${operationOf()}` })
  await world.quiet()
}

describe('a high risk', () => {
  beforeEach(() => world.type('scale orders-api 0 --reason "retire"'))

  test('has no approval with one tap', () => {
    expect(world.card()).toContain('🔴 High risk · prod · Scale orders-api 4 → 0')
    expect(world.card()).toContain('[Review…] [Reject]')
    expect(world.card()).not.toContain('[Approve]')
  })

  test('is approved in the dialog, which has the full name, the account and what AWS is sent', async () => {
    await review('U0APPROVE')
    expect(dialog('U0APPROVE')).toContain('prod.us-east-1/web/orders-api')
    expect(dialog('U0APPROVE')).toContain('prod 1111-2222-3333')
    expect(dialog('U0APPROVE')).toContain('[Approve] [Reject]')
    await approveInDialog('U0APPROVE')
    expect(dialog('U0APPROVE')).not.toContain('[Approve]')
    await world.until(() => world.desired() === 0)
  })

  test('settled by somebody else while the dialog is open: the dialog says so, and nothing happens twice', async () => {
    await review('U0APPROVE')
    await world.click('reject', 'U0SECOND', 'not now')
    await approveInDialog('U0APPROVE')
    expect(dialog('U0APPROVE')).toContain('Too late: second-approver rejected it')
    expect(world.card()).toContain('🚫 Rejected · prod · Scale orders-api 4 → 0')
    expect(world.desired()).toBe(4)
  })

  test('refuses the requester in the dialog, too', async () => {
    await review('U0REQUEST')
    await approveInDialog('U0REQUEST')
    expect(dialog('U0REQUEST')).toContain('You requested this change, so someone else must approve it.')
    expect(world.desired()).toBe(4)
  })
})

describe('at the vote that settles it', () => {
  test('the buttons of asking go at once, before the change begins', async () => {
    await world.type('scale orders-api 6')
    const shown: string[] = []
    world.slack.subscribe(change => {
      if (change.kind === 'message' && change.message.ts === last()?.ts) shown.push(textOf(change.message))
    })
    await world.click('approve')
    expect(shown[0]).toContain('⏳ Starting · prod · Scale orders-api 4 → 6')
    expect(shown[0]).not.toContain('Reject')
    await world.until(() => world.card().includes('✅ Done'))
    expect(world.card()).toMatch(/✅ Done · prod · Scaled orders-api 4 → 6 in \d+ (s|min)/)
    expect(world.card()).toContain('approved by approver')
    expect(world.card()).toContain('[Undo] [Audit] [Details]')
  })

  test('on an older version of the plan it is not counted, and the voter is told', async () => {
    await world.type('scale orders-api 6')
    world.functions.invokeAsync('quarterdeck-decision', {
      ...{ kind: 'decision', operation: operationOf(), choice: 'approve', seen: '000000000000' },
      ...{ actor: { team: 'T0QUARTER', user: 'U0APPROVE', name: 'approver' }, place: { channel: 'C0OPS' } },
    })
    await world.quiet()
    expect(world.told('U0APPROVE')).toContain('This is an older version of the request')
    expect(world.desired()).toBe(4)
  })

  test('Undo asks for the way back', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve')
    await world.until(() => world.card().includes('✅ Done'))
    await world.press('Undo', 'U0REQUEST')
    expect(world.card()).toContain('Scale orders-api 6 → 4')
  })

  describe('Undo', () => {
    const done = async (line = 'scale orders-api 6') => {
      await world.type(line)
      await world.click('approve')
      await world.until(() => world.card().includes('✅ Done'))
      return { channel: 'C0OPS', ts: last()?.ts ?? '', user: 'U0REQUEST', actionId: 'run:0' }
    }
    const undo = async (spot: Awaited<ReturnType<typeof done>>) => {
      await world.slack.deliver.click(spot)
      await world.quiet()
      return world.told('U0REQUEST')
    }

    test('clicked twice is one request', async () => {
      const button = await done()
      await undo(button)
      expect(await undo(button)).toContain('is already open')
      expect(world.cards()).toHaveLength(2)
    })

    test('once the state is no longer what was left, asks, and restores by a request of its own', async () => {
      const button = await done()
      await world.type('scale orders-api 8', { user: 'U0SECOND' })
      await world.click('approve')
      await world.until(() => world.desired() === 8)
      await world.until(() => world.card().includes('✅ Done'))
      const said = await undo(button)
      expect(said).toMatch(/Desired count: now 8, then 6, @second-approver 2026-11-22 03:\d\d UTC/)
      expect(said).toContain('[Restore 4]')
      expect(world.cards()).toHaveLength(2)
      await world.press('Restore 4', 'U0REQUEST')
      expect(world.card()).toContain('Scale orders-api 8 → 4')
    })

    test('works for 24 hours', async () => {
      const button = await done()
      world.clock.advanceTo(world.clock.now() + 24 * 3_600_000 + 60_000)
      await world.quiet()
      expect(await undo(button)).toContain('Undo works for 24 hours.')
      expect(world.cards()).toHaveLength(1)
    })

    test('while another change runs is an ordinary request', async () => {
      const button = await done()
      await world.type('restart orders-api', { user: 'U0SECOND' })
      await world.click('approve')
      await undo(button)
      expect(world.cards()).toHaveLength(3)
      await world.click('approve')
      await world.until(() => /Blocked|Done/.test(world.card()))
      expect(world.card()).toContain('Blocked')
    })

    test('of another service tells nothing about it', async () => {
      await done()
      const id = /operation (\w{12})/.exec(await world.details())?.[1] ?? ''
      expect(await world.type(`scale orders-worker 2 --undo ${id}`)).toContain('There is nothing to undo.')
    })

    test('is not on a restart', async () => {
      await done('restart orders-api')
      expect(world.card()).not.toContain('[Undo]')
    })
  })
})

describe('the same request while one is open', () => {
  const isLinked = (answer: string, title: string) => {
    expect(answer.replace(/\s+/g, ' ')).toContain(
      `“${title}” is already open, requested by requester. Nothing new was requested.`,
    )
    expect(answer).toContain('Open the request')
    expect(world.cards()).toHaveLength(1)
  }

  test.each([
    ['scale orders-api 6', 'Scale orders-api 4 → 6'],
    ['restart orders-api', 'Restart orders-api'],
  ])('%s: a link to it, and no second card', async (line, title) => {
    await world.type(line)
    isLinked(await world.type(line), title)
    isLinked(await world.type(line, { user: 'U0SECOND' }), title)
  })

  test('twice in the same second: one card, and the other person gets a link to it', async () => {
    const line = 'scale orders-api 6'
    await Promise.all([world.type(line), world.type(line, { user: 'U0SECOND' })])
    const answers = () => ['U0REQUEST', 'U0SECOND'].map(user => world.told(user)).filter(answer => answer !== '')
    await world.until(() => answers().length > 0)
    expect(answers()).toHaveLength(1)
    expect(answers()[0]).toMatch(
      /“Scale orders-api 4 → 6” is already open, requested by \S+\. *\s+Nothing new was requested/,
    )
    expect(answers()[0]).toContain('Open the request')
    expect(world.cards()).toHaveLength(1)
    await world.click('approve')
    await world.until(() => world.card().includes('✅ Done'))
  })

  test.each(['lease extend orders-api 1h', 'lease keep orders-api'])(
    '%s: a link to it, and no second card',
    async line => {
      expect(await world.type('scale orders-api 6 --for 1h')).toBe('')
      await world.click('approve')
      await world.until(() => world.card().includes('✅ Temporary'))
      await world.type(line)
      const count = world.cards().length
      expect(await world.type(line)).toContain('is already open')
      expect(world.cards()).toHaveLength(count)
    },
  )

  test('another count is another request; the card counts the others in one line', async () => {
    await world.type('scale orders-api 6')
    await world.type('scale orders-api 7')
    expect(world.card()).toContain('1 other open request on this service')
  })

  test('does not count where its card is in a place that others cannot open', async () => {
    const { id } = world.slack.workspace.openDm('U0REQUEST')
    await world.type('scale orders-api 6', { channel: id })
    expect(await world.type('scale orders-api 6', { user: 'U0SECOND' })).toBe('')
    expect(world.cards()).toHaveLength(1)
  })

  test('does not count once its requester has left Slack', async () => {
    await world.type('scale orders-api 6')
    const user = world.slack.workspace.users.get('U0REQUEST')
    if (user !== undefined) world.slack.workspace.putUser({ ...user, deleted: true })
    expect(await world.type('scale orders-api 6', { user: 'U0SECOND' })).toBe('')
  })

  test('does not count once other people approve it', async () => {
    await world.publish(EXAMPLE.replace('approvers: [operators]', 'approvers: [U0SECOND]'))
    await world.type('scale orders-api 6')
    await world.publish(EXAMPLE.replace('approvers: [operators]', 'approvers: [U0APPROVE]'))
    expect(await world.type('scale orders-api 6', { user: 'U0SECOND' })).toBe('')
  })

  test('does not count once its execution has died; nobody can approve it then', async () => {
    await world.type('scale orders-api 6')
    await choose('details', 'U0APPROVE')
    world.durable.stop([...world.durable.executions.values()].at(-1)?.arn ?? '')
    await world.until(() => world.card().includes('Failed'), 3_600_000)
    await approveInDialog('U0APPROVE')
    expect(dialog('U0APPROVE')).toContain('Too late: it was cancelled')
    expect(world.card()).toContain('❌ Failed · prod · Scale orders-api 4 → 6')
    expect(await world.type('scale orders-api 6', { user: 'U0SECOND' })).toBe('')
  })

  test('a dry run is no request, and offers to be one', async () => {
    await world.type('scale orders-api 6')
    expect(await world.type('scale orders-api 6 --dry-run')).toContain('Dry run · 🟢 Low risk')
    const answer = await world.type('scale orders-api 7 --dry-run --reason "say \\"why\\""')
    expect(answer).toContain('[Request This]')
    await world.press('Request This', 'U0REQUEST')
    expect(world.card()).toContain('Scale orders-api 4 → 7')
  })
})

test('a hundred open requests on one service are one line, and the card fits', async () => {
  await world.type('scale orders-api 6')
  const [one] = await world.store().list<Pending>(PENDING)
  if (one === undefined) throw new Error('no request is open')
  for (let at = 0; at < 99; at += 1)
    await world.store().create(pendingKey(one.value.target.arn, `other${at}`), { ...one.value, version: `${at}` })
  await world.type('scale orders-api 7', { user: 'U0SECOND' })
  expect(world.card()).toContain('100 other open requests on this service')
})

describe('the menu', () => {
  beforeEach(() => world.type('scale orders-api 6'))

  test('Details has everything that the card has no room for, for those who may view the service', async () => {
    expect(await world.details()).toContain('Desired count: 4 → 6')
    expect(await world.details()).toContain('approval rule')
    expect(await world.details('U0OUTSIDE')).toContain('You may not see this request')
  })

  test('Ask Requester posts the question in the thread, once, and mentions the requester', async () => {
    await choose('ask', 'U0APPROVE')
    await world.slack.deliver.submit({ user: 'U0APPROVE', values: { question: 'Why <!channel> *now*?' } })
    await world.quiet()
    const texts = world.replies().map(message => textOf(message))
    expect(texts).toEqual(['approver asks @U0REQUEST:\n\n> Why <!channel> *now*?'])
  })

  test('Ask Requester is refused without the right to see the service, and after the end', async () => {
    await choose('ask', 'U0OUTSIDE')
    await world.slack.deliver.submit({ user: 'U0OUTSIDE', values: { question: 'what is this?' } })
    await world.quiet()
    expect(world.told('U0OUTSIDE')).toContain('You may not see this request')
    expect(world.replies()).toEqual([])
  })

  test('Cancel Request ends it for the requester alone', async () => {
    await world.click('cancel', 'U0APPROVE')
    expect(world.told('U0APPROVE')).toContain('Only the requester can cancel.')
    await world.click('cancel', 'U0REQUEST')
    expect(world.card()).toContain('⚪ Cancelled · prod · Scale orders-api 4 → 6')
  })
})

describe('faults', () => {
  test('where Slack refuses the blocks of a card, its text goes out, and the refusal is logged', async () => {
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'error', error: 'invalid_blocks' } })
    await world.type('scale orders-api 6')
    expect(world.card()).toContain('🟢 Low risk · prod · Scale orders-api 4 → 6, requested by requester')
  })

  test.each([
    ['scale orders-api 6', 'Approve or reject on the card.'],
    ['scale orders-api 0', 'Open them again in a minute, or reject on the card. Approval needs the details.'],
  ])('where Slack refuses the dialog of %s, a short one says why, and what is next', async (line, next) => {
    await world.type(line)
    world.slack.faults.add({ method: 'views.update', effect: { kind: 'error', error: 'invalid_arguments' } })
    await choose('details', 'U0APPROVE')
    expect(dialog('U0APPROVE')).toBe(
      `The details cannot be shown. Reason: showing the dialog: Slack answered invalid_arguments. ${next}`,
    )
  })

  test('a requester who left Slack: the card says who asked, and nothing is changed', async () => {
    await world.type('scale orders-api 6')
    const user = world.slack.workspace.users.get('U0REQUEST')
    if (user !== undefined) world.slack.workspace.putUser({ ...user, deleted: true })
    await world.click('approve')
    await world.until(() => world.card().includes('Out of date'))
    expect(world.card()).toContain(
      '⚪ Out of date · prod · Scale orders-api 4 → 6: requester is no longer active in Slack',
    )
    expect(world.desired()).toBe(4)
  })
})

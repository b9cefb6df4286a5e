// What is loaded for a place: bounded calls, and what is missing is said.
import { expect, test } from 'vitest'
import type { Readers } from '../../../src/commands/readers.ts'
import { type CostView, loadFindings } from '../../../src/features/cost/load-findings.ts'
import type { Advice, SizeAdvice } from '../../../src/features/cost/reads.ts'
import { renderFindings } from '../../../src/features/cost/render-findings.ts'
import { SNOOZES, type Snooze } from '../../../src/features/cost/snooze.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'
import type { ServiceRef } from '../../../src/model/ecs.ts'
import { isRefusal, RemoteError } from '../../../src/model/errors.ts'
import { anActor, aReader, aRef, aService } from '../../builders.ts'

const refOf = (service: string, region = 'us-east-1'): ServiceRef =>
  aRef({ service, region, arn: `arn:${region}:${service}` })

const sizeOf = ({ arn, service }: Pick<ServiceRef, 'arn' | 'service'>, amount = 10): SizeAdvice => ({
  ...{
    arn,
    finding: 'Overprovisioned',
    reasons: [],
    definition: `${service}:7`,
    cpu: 1_024,
    memory: 2_048,
    containers: [],
  },
  options: [{ cpu: 512, memory: 1_024, containers: [], saving: { money: { currency: 'USD', amount }, percent: 50 } }],
  tags: {},
})
const given = (refs: readonly ServiceRef[]): Advice => ({
  kind: 'advice',
  sizes: refs.map((ref, at) => sizeOf(ref, 1_000 - at)),
  idle: [],
  problems: [],
})

const NOW = '2026-11-22T03:00:00.000Z'
const snooze = (until: string): Snooze => ({
  by: anActor(),
  at: '2026-11-01T00:00:00.000Z',
  until,
  reason: 'load test',
})

const load = async (
  refs: readonly ServiceRef[],
  more: Partial<Readers>,
  page?: number,
  stored: readonly (readonly [arn: string, snooze: Snooze])[] = [],
): Promise<CostView> => {
  const read = aReader({
    index: async () => ({ refs, places: [] }),
    servicesOf: async some => some.map(ref => aService({ ref, taskDefinition: `${ref.service}:7` })),
    ...more,
  })
  const place = { kind: 'extent' as const, place: { scope: { accountId: '' }, name: 'prod', account: 'prod' }, refs }
  const store = { list: async () => stored.map(([sk, value]) => ({ key: { pk: SNOOZES, sk }, version: 1, value })) }
  const facts = { now: NOW }
  const who = { actor: anActor() }
  const asker = { store, facts, who, again: (values: object) => `cost ${JSON.stringify(values)}` } as never
  const view = await loadFindings({ place, ...(page !== undefined && { page }) }, read, asker)
  if (isRefusal(view)) throw new Error(view.text)
  return view
}

test('a finding about a service that no longer exists is left out, and counted', async () => {
  const view = await load([refOf('a')], { advice: async () => given([refOf('a'), refOf('deleted')]) })
  expect(view.findings.map(({ ref }) => ref.service)).toEqual(['a'])
  expect(view.gone).toBe(1)
  expect(JSON.stringify(renderFindings(view))).toContain('Left out: one finding about a service that is gone.')
})

test('a service that was deleted after the index was made says so', async () => {
  const refs = [refOf('a'), refOf('b')]
  const view = await load(refs, {
    advice: async () => given(refs),
    servicesOf: async () => [aService({ ref: refOf('a'), taskDefinition: 'a:8' })],
  })
  expect(view.page.map(({ ref, is }) => [ref.service, is])).toEqual([
    ['a', 'out of date'],
    ['b', 'gone'],
  ])
  expect(JSON.stringify(renderFindings(view))).not.toContain('"cost prod.us-east-1/web/b"')
})

test('where the revisions cannot be read, the findings are shown', async () => {
  const view = await load([refOf('a')], {
    advice: async () => given([refOf('a')]),
    servicesOf: async () => {
      throw new RemoteError('no answer', { code: 'X', passing: true })
    },
  })
  expect(view.page[0]?.is).toBe('not compared')
  expect(view.unread).toEqual(['no answer'])
})

test('one region of six fails', async () => {
  const regions = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2']
  const refs = regions.map(region => refOf('a', region))
  const view = await load(refs, {
    advice: async ({ region }) => {
      if (region === 'us-west-1') throw new RemoteError('us-west-1 is down', { code: 'X', passing: true })
      return given(refs.filter(ref => ref.region === region))
    },
  })
  expect(view.findings).toHaveLength(5)
  expect(view.unread).toEqual(['us-west-1 is down'])
})

test('what could not be analysed is said, but not of services that the asker may not view', async () => {
  const problems = ['a', 'secret'].map(service => ({ arn: refOf(service).arn, text: `could not analyse ${service}` }))
  const view = await load([refOf('a')], { advice: async () => ({ kind: 'advice', sizes: [], idle: [], problems }) })
  expect(view.unread).toEqual(['could not analyse a'])
})

test('a place is read once, and only the services of one page are described', async () => {
  const refs = Array.from({ length: 5_000 }, (_, at) => refOf(`s${at}`))
  const asked: number[] = []
  let calls = 0
  const view = await load(
    refs,
    {
      advice: async () => {
        calls += 1
        return given(refs)
      },
      servicesOf: async some => {
        asked.push(some.length)
        return some.map(ref => aService({ ref, taskDefinition: `${ref.service}:7` }))
      },
    },
    2,
  )
  expect([calls, asked]).toEqual([1, [15]])
  expect(view).toMatchObject({ before: 15, left: 4_970, next: 'cost {"page":3}' })
  expect(view.page.every(({ is }) => is === 'current')).toBe(true)
})

test('long and hostile names fit into a message', async () => {
  const refs = Array.from({ length: 40 }, (_, at) =>
    aRef({ service: `${at}${'x'.repeat(250)}`, cluster: 'c'.repeat(255), arn: `${at}` }),
  )
  const hostile = '*<!channel>` '.repeat(60)
  const view = await load(refs, {
    advice: async () => ({
      kind: 'advice',
      sizes: refs.map(ref => ({ ...sizeOf(ref), tags: { owner: hostile } })),
      idle: [],
      problems: [{ arn: '', text: hostile }],
    }),
  })
  const message = renderFindings({
    ...view,
    name: hostile,
    notEnrolled: [{ account: 'a', accountId: '1', status: 'Failed', reason: hostile }],
  })
  expect(misfits(message)).toEqual([])
  expect(message.text).not.toContain('<!channel>')
})

test('a snoozed finding is left out and counted, until the snooze is over', async () => {
  const refs = ['a', 'b', 'c'].map(name => refOf(name))
  const view = await load(refs, { advice: async () => given(refs) }, undefined, [
    [refOf('a').arn, snooze('2026-12-01T00:00:00.000Z')],
    [refOf('b').arn, snooze('2026-11-20T00:00:00.000Z')],
  ])
  expect(view.findings.map(({ ref }) => ref.service)).toEqual(['b', 'c'])
  const text = JSON.stringify(renderFindings(view))
  expect(text).toContain('Left out: one snoozed finding.')
  expect(text).toContain('(snooze is over)')
})

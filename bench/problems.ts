// Measures a storm of 1,000 events a second for a minute, over 200 services: the messages and updates in Slack, the calls of the
// store, and the peak memory. Events function and teller run in this process, with a store in memory and a clock of their own.
import { readFile } from 'node:fs/promises'
import { runStorm } from '../test/stories/storm.ts'

const SECONDS = 60
const EXAMPLE = await readFile(new URL('../quarterdeck.yaml', import.meta.url), 'utf8')
const yaml = `${EXAMPLE}\nsubscriptions:\n  - channel: C0OPS\n  - channel: C0APPROVALS\n    events: [memory, pull]\n`

const begun = performance.now()
const storm = await runStorm({ yaml, perSecond: 1_000, seconds: SECONDS, services: 200 })
const seconds = (performance.now() - begun) / 1_000

const count = (method: string): number => storm.asked.filter(one => one.method === method).length
const storeCalls = ['get', 'create', 'replace', 'remove', 'list'].map(name => `${name} ${storm.calls.get(name) ?? 0}`)
console.log(`events ${storm.sent}, a third of them twice`)
console.log(`messages ${count('post')}, updates ${count('update')}, calls of the teller ${storm.called()}`)
console.log(`store: ${storeCalls.join(', ')}`)
console.log(`${seconds.toFixed(1)} s, peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)

// `npm run simulate -- --seed 1 --runs 100 --minutes 5`: runs random schedules against the built handlers, and checks
// the invariants. A failed run prints its trace and the command that repeats it; the exit code is then 1.
import { parseArgs } from 'node:util'
import { seedOfRun } from './chance.ts'
import { type Run, run } from './run.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    runs: { type: 'string' },
    minutes: { type: 'string' },
    /** AWS and Slack may also be unavailable longer than every retry. */
    outages: { type: 'boolean', default: false },
    /** Prints the trace of every run. */
    verbose: { type: 'boolean', default: false },
  },
})

const seed = Number(values.seed)
const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes)
const runs = values.runs === undefined ? (minutes < Number.POSITIVE_INFINITY ? 1_000_000 : 25) : Number(values.runs)
if (![seed, runs].every(Number.isInteger) || Number.isNaN(minutes)) {
  process.stderr.write('npm run simulate -- [--seed 1] [--runs 25] [--minutes 5] [--outages] [--verbose]\n')
  process.exit(2)
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const began = performance.now()
const seconds = (): number => Math.round((performance.now() - began) / 1000)
const endings = new Map<string, number>()
const changes = new Map<string, number>()
const count = (what: string, counted: Map<string, number>): void => void counted.set(what, (counted.get(what) ?? 0) + 1)
let done = 0
let violations = 0

const report = ({ seed: own, violations: found, trace, evidence }: Run): void => {
  if (found.length > 0) print(`\nVIOLATION with seed ${own}`)
  for (const { invariant, what } of found) print(`  ✗ ${invariant}: ${what}`)
  print('  what happened:')
  for (const line of trace) print(`    ${line}`)
  for (const { id, line, user, status, ending } of evidence.operations)
    print(`    → ${id.slice(0, 8)} ${user} ${line}: ${status} ${ending}`)
  if (found.length > 0)
    print(`  repeat with: npm run simulate -- --seed ${own} --runs 1${values.outages ? ' --outages' : ''}\n`)
}

for (let number = 0; number < runs && seconds() < minutes * 60; number += 1) {
  const one = await run(seedOfRun(seed, number), { outages: values.outages })
  done += 1
  violations += one.violations.length
  for (const { ending = 'none' } of one.evidence.operations) count(ending, endings)
  for (const { action, role } of one.evidence.writes) count(`${action} as ${role}`, changes)
  if (values.verbose || one.violations.length > 0) report(one)
  if (done % 25 === 0) print(`${done} runs, ${violations} violations, ${seconds()} s`)
}

for (const counted of [endings, changes]) print([...counted].map(([what, times]) => `${times} ${what}`).join(', '))
print(`${done} runs, ${violations} violations, seed ${seed}, ${seconds()} s`)
process.exit(violations === 0 ? 0 : 1)

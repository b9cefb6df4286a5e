// The workflow of GitHub Actions: what it runs, and that nobody else can change it.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

type Step = { readonly uses?: string; readonly run?: string }
type Workflow = {
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly 'timeout-minutes'?: number }>>
}

const FOLDER = '.github/workflows'
const texts = readdirSync(FOLDER).map(file => readFileSync(`${FOLDER}/${file}`, 'utf8'))
const workflows = texts.map((text): Workflow => parse(text))
const jobs = workflows.flatMap(workflow => Object.values(workflow.jobs))
const steps = jobs.flatMap(job => job.steps)

test('each action is pinned by its commit, with its version beside it', () => {
  const lines = texts.flatMap(text => text.split('\n').filter(line => line.includes('uses:')))
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('no job may write, keeps the token, or runs for ever', () => {
  expect(workflows.map(({ permissions }) => permissions)).toEqual([{ contents: 'read' }])
  for (const job of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(30)
  expect(texts.join('\n')).not.toMatch(/pull_request_target|secrets\./)
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
  expect(checkouts.map(step => (step as { with?: object }).with)).toEqual(
    checkouts.map(() => ({ 'persist-credentials': false })),
  )
})

test('no line of a script has text of an event in it, which could be a command', () => {
  for (const { run = '' } of steps) expect(run).not.toContain('${{')
})

test('runs the same gate as everywhere, and the audit of dependencies', () => {
  const runs = steps.map(({ run = '' }) => run).join('\n')
  expect(runs).toMatch(/ \.ci\/run$/m)
  expect(runs).toContain('npm audit --omit=dev --audit-level=low')
})

test('the templates of issues and pull requests can be read', () => {
  for (const file of readdirSync('.github/ISSUE_TEMPLATE'))
    expect(() => parse(readFileSync(`.github/ISSUE_TEMPLATE/${file}`, 'utf8'))).not.toThrow()
  expect(readFileSync('.github/pull_request_template.md', 'utf8')).toContain('hostile')
})

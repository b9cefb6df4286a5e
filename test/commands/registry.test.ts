// The registry stays honest: every command is declared, exemplified, tested and in the README.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AnyCommand } from '../../src/commands/command.ts'
import { declarations } from '../../src/commands/declarations.ts'
import { commands } from '../../src/commands/index.ts'
import { parseText, usage } from '../../src/kit/language/invocation.ts'
import { isProblem } from '../../src/model/errors.ts'

describe.each(commands)('$name', command => {
  const [verb = ''] = command.name.split(' ')

  test('has a test, where it changes something', () => {
    if (command.kind === 'mutation') expect(existsSync(`test/commands/${verb}.test.ts`)).toBe(true)
  })

  test('has examples that parse', () => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const example of command.examples) {
      const parsed = parseText(example, declarations)
      expect(isProblem(parsed) ? parsed.text : parsed.command).toBe(command.name)
    }
  })

  test('is in docs/commands.md as it is used', () => {
    const declaration = declarations.find(({ name }) => name === command.name)
    const row = declaration === undefined ? '' : usage(declaration).replaceAll('|', '\\|')
    expect(readFileSync('docs/commands.md', 'utf8')).toContain(`| \`${row}\` | ${command.summary} |`)
  })

  test('is named in README.md', () => {
    expect(readFileSync('README.md', 'utf8')).toMatch(new RegExp(`\`(?:/ecs )?${command.name}(?: [^\`]*)?\``))
  })
})

const isCommand = (value: unknown): value is AnyCommand =>
  typeof value === 'object' && value !== null && 'summary' in value && 'examples' in value

test('every command that a file of src/commands exports is in the registry, once', async () => {
  const files = readdirSync('src/commands', { recursive: true, encoding: 'utf8' }).filter(
    file => file.endsWith('.ts') && file !== 'index.ts',
  )
  const modules = await Promise.all(files.map(file => import(`../../src/commands/${file}`) as Promise<object>))
  const exported = modules.flatMap(module => Object.values(module).filter(isCommand))
  const namesOf = (all: readonly AnyCommand[]) => all.map(({ name }) => name).toSorted()
  expect(namesOf(exported)).toEqual(namesOf(commands))
  expect(new Set(namesOf(commands)).size).toBe(commands.length)
})

test('the manifest’s usage hint begins with the commands that there are, and is not too long for Slack', () => {
  const hint = /usage_hint: "?([^"\n]+)/.exec(readFileSync('manifest.yml', 'utf8'))?.[1] ?? ''
  expect(hint).toBe(commands.map(({ name }) => name).join(' | '))
  // Slack, app manifest reference: at most 1,000 characters.
  expect(hint.length).toBeLessThanOrEqual(1_000)
})

test('the manifest lets in everything that ingress listens to', () => {
  const manifest = readFileSync('manifest.yml', 'utf8')
  const listeners = ['app.ts', 'builder-form.ts', 'mentions.ts']
    .map(file => readFileSync(`src/functions/ingress/${file}`, 'utf8'))
    .join('\n')
  const events = [...listeners.matchAll(/app\.event\('(\w+)'/g)].map(([, name]) => name)
  expect(events).toEqual(['app_mention', 'app_home_opened'])
  for (const event of events) expect(manifest).toContain(`- ${event}\n`)
  expect(listeners).toContain('app.message(')
  expect(manifest).toContain('- message.im\n')
  expect(manifest.match(/usage_hint/g)).toHaveLength(1)
  const shortcut = /const SHORTCUT = '(\w+)'/.exec(listeners)?.[1]
  expect(manifest).toContain(`callback_id: ${shortcut}\n`)
  // Slack asks for the options of external selects there, and nowhere without it.
  expect(manifest).toContain('message_menu_options_url: ')
})

// The registry stays honest: every command is declared, exemplified, tested and in the README.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commands } from '../src/commands/index.ts'
import { declarations } from '../src/declarations.ts'
import { isProblem } from '../src/errors.ts'
import { parseText, usage } from '../src/invocation.ts'

describe.each(commands)('$name', command => {
  test('has a file of its name, and a test', () => {
    expect(existsSync(`src/commands/${command.name.replace(' ', '/')}.ts`)).toBe(true)
    if (command.kind === 'mutation')
      expect(existsSync(`test/commands/${command.name.replace(' ', '/')}.test.ts`)).toBe(true)
  })

  test('has examples that parse', () => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const example of command.examples) {
      const parsed = parseText(example, declarations)
      expect(isProblem(parsed) ? parsed.text : parsed.command).toBe(command.name)
    }
  })

  test('stands in the README as it is used', () => {
    const declaration = declarations.find(({ name }) => name === command.name)
    expect(readFileSync('README.md', 'utf8')).toContain(
      `| \`${declaration === undefined ? '' : usage(declaration).replaceAll('|', '\\|')}\` | ${command.summary} |`,
    )
  })
})

test('every file of src/commands is in the registry', () => {
  const files = readdirSync('src/commands')
    .filter(file => file !== 'index.ts')
    .map(file => file.replace('.ts', ''))
  expect(files.toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
})

test('the manifest’s usage hint begins with the commands that there are', () => {
  const hint = /usage_hint: "?([^"\n]+)/.exec(readFileSync('manifest.yml', 'utf8'))?.[1]
  expect(hint).toBe(commands.map(({ name }) => name).join(' | '))
})

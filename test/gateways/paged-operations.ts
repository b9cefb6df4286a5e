// The operations of AWS that the gateways send, found in their sources, and the tokens of those that answer in pages.
import { readdirSync, readFileSync } from 'node:fs'
import { NormalizedSchema } from '@smithy/core/schema'
import type { $SchemaRef } from '@smithy/types'

const ROOT = 'src/gateways'

const sources = (): readonly string[] =>
  readdirSync(ROOT, { recursive: true })
    .map(String)
    .filter(file => file.endsWith('.ts'))
    .map(file => readFileSync(`${ROOT}/${file}`, 'utf8'))

const IMPORT = /import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g

/** The clients' modules by the name of their package, such as `ecs`. */
export type Modules = ReadonlyMap<string, Readonly<Record<string, unknown>>>

export const loadModules = async (): Promise<Modules> => {
  const names = new Set(sources().flatMap(text => [...text.matchAll(IMPORT)].map(([, , name = '']) => name)))
  return new Map(
    await Promise.all([...names].map(async name => [name, await import(`@aws-sdk/client-${name}`)] as const)),
  )
}

/** The operations that are sent with an SDK client: `ecs:ListTasks`. A paginator counts as its operation. */
const sdkOperations = (text: string): readonly string[] =>
  [...text.matchAll(IMPORT)].flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(?:paginate([A-Z]\w+)|([A-Z]\w+)Command)\b/g)].map(
      ([, paginated, sent]) => `${client}:${paginated ?? sent}`,
    ),
  )

/** The operations that are sent with signed requests, which no SDK describes: `signed:GetResources`. */
const signedOperations = (text: string): readonly string[] =>
  /createSigned|createLoadBalancingAsk/.test(text)
    ? [
        ...text.matchAll(
          /\bask(?:All)?\(\s*(?:ask, |ref, )?'([A-Z]\w+)'|'\w+\.([A-Z]\w+)'|\bAction: '(\w+)'|ask\('\w+', '\w+\.(\w+)'/g,
        ),
      ].map(([, ...names]) => `signed:${names.find(name => name !== undefined)}`)
    : []

export const operationsIn = (text: string): readonly string[] => [...sdkOperations(text), ...signedOperations(text)]

/** All operations in use, sorted. */
export const operationsInUse = (): readonly string[] => [...new Set(sources().flatMap(operationsIn))].sort()

/** The names of the members of an operation's input and output that hold a token; undefined where it has no pages. */
export const tokensOf = (modules: Modules, operation: string): { input: string; output: string } | undefined => {
  const [client = '', action = ''] = operation.split(':')
  const schema = modules.get(client)?.[`${action}$`]
  if (!Array.isArray(schema)) throw new Error(`${operation} has no schema`)
  const token = (of: unknown) =>
    [...NormalizedSchema.of(of as $SchemaRef).structIterator()].map(([name]) => name).find(name => TOKEN.test(name))
  const [input, output] = [token(schema[4]), token(schema[5])]
  return input === undefined || output === undefined ? undefined : { input, output }
}

const TOKEN = /^(?:next|pagination|continuation)?_?(?:token|marker)$|^LastEvaluatedKey$|^ExclusiveStartKey$/i

// Builds policy statements that allow actions of the tables in actions.ts.
import type { ActionEntry, Actions, Place } from './actions.ts'
import type { Statement } from './policy.ts'

/** Returns statements that allow the named actions. Actions with the same service, resources and condition share a statement. */
export const allow = (actions: Actions, names: readonly string[], place: Place): readonly Statement[] => {
  const statements = new Map<string, Statement & { readonly Action: readonly string[] }>()
  for (const name of [...new Set(names)].toSorted()) {
    const { resources, condition } = entryOf(actions, name)
    const [service = ''] = name.split(':')
    const key = JSON.stringify([service, resources(place), condition])
    statements.set(key, {
      Sid: statements.get(key)?.Sid ?? `Allow${statements.size + 1}`,
      Effect: 'Allow',
      Action: [...(statements.get(key)?.Action ?? []), name],
      Resource: resources(place),
      ...(condition !== undefined && { Condition: condition }),
    })
  }
  return [...statements.values()]
}

const entryOf = (actions: Actions, name: string): ActionEntry => {
  const entry = actions[name]
  if (entry === undefined)
    throw new Error(`${name} is not among the actions that this role may have: add it to infra/actions.ts`)
  return entry
}

// A surface: a message, an App Home or a modal. It shows blocks and performs the actions of their elements.
import { isJson, listOf } from '../../slack/json.ts'
import type { Json, Values } from '../../slack/types.ts'
import type { App } from './app.ts'
import type { Entered, Field } from './field-types.ts'

export type Act = { readonly actionId: string; readonly blockId: string; readonly value?: Entered }

export type Surface = {
  readonly app: App
  readonly state: Values
  act(act: Act): Promise<void>
  suggest(blockId: string, actionId: string, text: string): Promise<readonly Json[]>
  /** Is called for each field. A modal can then read the values of all its fields. */
  register(blockId: string, actionId: string, field: Field): void
}

type Spot = { readonly channel?: string; readonly ts?: string; readonly viewId?: string }

const suggestAt = async (app: App, spot: Spot, blockId: string, actionId: string, text: string) => {
  const answer = await app.act('/ui/suggest', { ...spot, blockId, actionId, text })
  return listOf(answer?.['options']).filter(isJson)
}

/** The surface of a message or an App Home. An action of its elements is sent immediately. */
export const plainSurface = (app: App, spot: Spot, state: Values = {}): Surface => ({
  app,
  state,
  act: async act => {
    await app.act('/ui/click', { ...spot, ...act })
  },
  suggest: (blockId, actionId, text) => suggestAt(app, spot, blockId, actionId, text),
  register: () => {},
})

export type FieldSet = Map<string, Map<string, Field>>

export const enteredValues = (
  fields: FieldSet,
): { readonly [blockId: string]: { readonly [actionId: string]: Entered } } =>
  Object.fromEntries(
    [...fields].map(([blockId, actions]) => [
      blockId,
      Object.fromEntries([...actions].map(([actionId, field]) => [actionId, field.read()])),
    ]),
  )

/** The surface of a modal. It collects the fields of the modal. A click sends the values of all fields to the bot. */
export const modalSurface = (app: App, viewId: string, state: Values, fields: FieldSet): Surface => ({
  app,
  state,
  act: async act => {
    await app.act('/ui/click', { viewId, ...act, values: enteredValues(fields) })
  },
  suggest: (blockId, actionId, text) => suggestAt(app, { viewId }, blockId, actionId, text),
  register: (blockId, actionId, field) => {
    const actions = fields.get(blockId) ?? new Map<string, Field>()
    fields.set(blockId, actions.set(actionId, field))
  },
})

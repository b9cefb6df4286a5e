// Requests the options of an external select from the bot while a person types.
import { answerJson, type DeliverySetup, personOf } from './delivery.ts'
import { jsonOf, listOf, textOf } from './json.ts'
import { checkSuggestions, type Rejection } from './limits.ts'
import { blockSuggestion, payloadForm } from './payloads.ts'
import type { RequestTampering, Sent } from './send.ts'
import { findElement, type Spot, type Surface, surfaceOf } from './surface.ts'
import type { Json } from './types.ts'

export type Query = Spot & { readonly actionId: string; readonly blockId?: string; readonly text: string }

export type Suggested = Sent & { readonly options: readonly Json[]; readonly refusal?: Rejection }

/** The options that the bot has offered to a person. A later choice must be one of them. */
export type Offers = {
  of(user: string, actionId: string): readonly Json[]
  add(user: string, actionId: string, options: readonly Json[]): void
}

const MOST_REMEMBERED = 1000

export const createOffers = (): Offers => {
  const known = new Map<string, readonly Json[]>()
  const of = (user: string, actionId: string) => known.get(`${user} ${actionId}`) ?? []
  return {
    of,
    add: (user, actionId, options) =>
      void known.set(`${user} ${actionId}`, [...options, ...of(user, actionId)].slice(0, MOST_REMEMBERED)),
  }
}

const containerOf = (surface: Surface): Json =>
  surface.kind === 'view'
    ? { container: { type: 'view', view_id: surface.view.id }, view: surface.view }
    : {
        container: { type: 'message', message_ts: surface.message.ts, channel_id: surface.message.channel },
        channel: { id: surface.message.channel },
        message: surface.message,
      }

const optionsIn = (answer: Json): readonly Json[] => {
  const groups = listOf(answer['option_groups']).map(jsonOf)
  return [...listOf(answer['options']), ...groups.flatMap(group => listOf(group['options']))].map(jsonOf)
}

export const createSuggest =
  ({ context, send, log }: DeliverySetup, offers: Offers) =>
  async (query: Query, tampering?: RequestTampering): Promise<Suggested> => {
    const user = personOf(query.user, context)
    const surface = surfaceOf(user, query, context)
    const { block, element } = findElement(surface, {
      actionId: query.actionId,
      ...(query.blockId ? { blockId: query.blockId } : {}),
    })
    const field = { actionId: textOf(element['action_id']), blockId: block.block_id ?? '', value: query.text }
    const body = payloadForm(blockSuggestion(user, containerOf(surface), field), context.workspace.enterprise)
    const sent = await send({ contentType: 'application/x-www-form-urlencoded', body }, tampering)
    if (sent.error) return { ...sent, options: [] }
    const answer = answerJson(sent) ?? {}
    const refusal = checkSuggestions(answer)
    if (refusal) log(`Slack refused the options: ${JSON.stringify(refusal)}`)
    if (refusal) return { ...sent, options: [], refusal }
    const options = optionsIn(answer)
    offers.add(user.id, field.actionId, options)
    return { ...sent, options }
  }

// The methods views.*, which show modals (at most three in a stack) and App Homes.
import { jsonOf, listOf, textOf } from '../json.ts'
import { checkView, withIds } from '../limits.ts'
import { type Args, type Context, jsonArg, type Method, refuse, refuseIf, requiredArg, textArg } from '../method.ts'
import { APP_ID, BOT, TEAM } from '../seed.ts'
import type { Json, OpenView, View } from '../types.ts'
import { initialValues } from '../values.ts'

const MOST_VIEWS = 3

const viewArg = (args: Args, surface: 'modal' | 'home'): Json => {
  const view = jsonArg(args, 'view', 'invalid_arguments')
  if (view === undefined) requiredArg(args, 'view')
  refuseIf(checkView(view, surface))
  return jsonOf(view)
}

type Place = { readonly id: string; readonly previous: string | null; readonly root: string }

/** Builds a view as Slack stores it: with ids, defaults, a new hash and initial values. */
export const buildView = (given: Json, place: Place, context: Context): View => {
  const blocks = withIds(listOf(given['blocks']))
  return {
    id: place.id,
    team_id: TEAM.id,
    app_id: APP_ID,
    bot_id: BOT.botId,
    app_installed_team_id: TEAM.id,
    type: given['type'] === 'home' ? 'home' : 'modal',
    title: given['title'] ? jsonOf(given['title']) : { type: 'plain_text', text: 'View Title', emoji: true },
    close: given['close'] ? jsonOf(given['close']) : null,
    submit: given['submit'] ? jsonOf(given['submit']) : null,
    blocks,
    private_metadata: textOf(given['private_metadata']),
    callback_id: textOf(given['callback_id']),
    external_id: textOf(given['external_id']),
    state: { values: initialValues(blocks) },
    hash: `${Math.floor(context.clock.now() / 1000)}.${crypto.randomUUID().slice(0, 8)}`,
    clear_on_close: given['clear_on_close'] === true,
    notify_on_close: given['notify_on_close'] === true,
    previous_view_id: place.previous,
    root_view_id: place.root,
  }
}

export const opened = (view: View): OpenView => ({ view, errors: {} })

export const newView = (given: Json, below: View | undefined, context: Context): View => {
  const id = context.workspace.id('V')
  return buildView(given, { id, previous: below?.id ?? null, root: below?.root_view_id ?? id }, context)
}

/** Replaces the content of a view. A typed value is kept if the block_id and action_id of its field stay the same. */
export const replaceView = (old: View, given: Json, context: Context): View => {
  const next = buildView(given, { id: old.id, previous: old.previous_view_id, root: old.root_view_id }, context)
  const values = Object.fromEntries(
    Object.entries(next.state.values).map(([block, actions]) => [
      block,
      Object.fromEntries(
        Object.entries(actions).map(([action, value]) => [action, old.state.values[block]?.[action] ?? value]),
      ),
    ]),
  )
  return { ...next, state: { values } }
}

/** Stores the new version of a view. */
export const putView = (user: string, view: View, { workspace }: Context): void => {
  if (view.type === 'home') {
    workspace.publishHome(user, view)
    return
  }
  const views = workspace.views(user).map(open => (open.view.id === view.id ? opened(view) : open))
  workspace.show(user, views)
}

export const pushView = (user: string, given: Json, context: Context): View => {
  const views = context.workspace.views(user)
  if (views.length >= MOST_VIEWS) refuse('push_limit_reached')
  const view = newView(given, views.at(-1)?.view, context)
  context.workspace.show(user, [...views, opened(view)])
  return view
}

const exchange = (args: Args, { triggers }: Context): string => {
  const answer = triggers.exchange(requiredArg(args, 'trigger_id'))
  return 'error' in answer ? refuse(answer.error) : answer.user
}

export const open: Method = (args, context) => {
  const given = viewArg(args, 'modal')
  const user = exchange(args, context)
  const view = newView(given, undefined, context)
  context.workspace.show(user, [opened(view)])
  return { view }
}

export const push: Method = (args, context) => {
  const given = viewArg(args, 'modal')
  const user = exchange(args, context)
  return { view: pushView(user, given, context) }
}

export const update: Method = (args, context) => {
  const id = textArg(args, 'view_id') || textArg(args, 'external_id') || requiredArg(args, 'view_id')
  const found = context.workspace.findView(id) ?? refuse('not_found')
  const given = viewArg(args, found.view.type)
  const hash = textArg(args, 'hash')
  if (hash && hash !== found.view.hash) refuse('hash_conflict')
  const view = replaceView(found.view, given, context)
  putView(found.user, view, context)
  return { view }
}

export const publish: Method = (args, context) => {
  const given = viewArg(args, 'home')
  const user = context.workspace.users.get(requiredArg(args, 'user_id')) ?? refuse('user_not_found')
  const before = context.workspace.home(user.id)
  const hash = textArg(args, 'hash')
  if (hash && before && hash !== before.hash) refuse('hash_conflict')
  const id = before?.id ?? context.workspace.id('V')
  const view = buildView(given, { id, previous: null, root: id }, context)
  context.workspace.publishHome(user.id, view)
  return { view }
}

// The schemas of Block Kit's text objects, options and interactive elements. Limits: slack.md 2.2, @slack/types 3.2.0.
import { isDeepStrictEqual } from 'node:util'
import {
  addProblem,
  all,
  byType,
  type Check,
  flag,
  list,
  number,
  oneOf,
  type Shape,
  shape,
  text,
  type,
} from './check.ts'
import { isJson, jsonOf, listOf } from './json.ts'

export const ID = text({ max: 255 })
const URL_TEXT = text({ max: 3000, like: /^(https?|mailto|slack):/ })

export const plain = (max: number): Check =>
  byType({ plain_text: shape({ type: type('plain_text'), text: text({ max }) }, { emoji: flag }) })

export const anyText = (max: number): Check =>
  byType({
    plain_text: shape({ type: type('plain_text'), text: text({ max }) }, { emoji: flag }),
    mrkdwn: shape({ type: type('mrkdwn'), text: text({ max }) }, { verbatim: flag }),
  })

const confirm = shape(
  { text: anyText(300) },
  { title: plain(100), confirm: plain(30), deny: plain(30), style: oneOf('primary', 'danger') },
)

const option = (label: Check): Check =>
  shape({ text: label, value: text({ max: 150 }) }, { description: anyText(75), url: URL_TEXT })

export const plainOption = option(plain(75))
const richOption = option(anyText(75))
export const optionGroup = shape({ label: plain(75), options: list(plainOption, { min: 1, max: 100 }) })

const slackFile: Check = (value, at, problems) => {
  const file = jsonOf(value)
  if (typeof file['id'] !== 'string' && typeof file['url'] !== 'string') addProblem(problems, 'invalid slack file', at)
}

const imageSource: Check = (value, at, problems) => {
  const image = jsonOf(value)
  if (image['image_url'] === undefined && image['slack_file'] === undefined) {
    addProblem(problems, 'missing required field: image_url', at)
  }
  if (image['image_url'] !== undefined && image['slack_file'] !== undefined) {
    addProblem(problems, 'only one of image_url and slack_file is allowed', at)
  }
}

export const image = (optional: Shape = {}): Check =>
  all(
    imageSource,
    shape(
      { type: type('image'), alt_text: text({ max: 2000 }) },
      { image_url: text({ max: 3000, like: /^https?:/ }), slack_file: slackFile, ...optional },
    ),
  )

const actionable: Shape = { action_id: ID }
const common: Shape = { ...actionable, confirm, focus_on_load: flag }
const placeholder: Shape = { placeholder: plain(150) }
const dispatch: Shape = {
  dispatch_action_config: shape(
    {},
    { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1 }) },
  ),
}

const optionsOf = (select: unknown): readonly unknown[] => {
  const { options, option_groups: groups } = jsonOf(select)
  return [...listOf(options), ...listOf(groups).flatMap(group => listOf(jsonOf(group)['options']))]
}

/** Checks that the initial option equals one of the options exactly. Slack refuses any other initial option. */
const initialIsOffered: Check = (value, at, problems) => {
  const { initial_option: one, initial_options: many } = jsonOf(value)
  const offered = optionsOf(value)
  for (const initial of [...(one === undefined ? [] : [one]), ...listOf(many)]) {
    if (!offered.some(option => isDeepStrictEqual(option, initial))) {
      addProblem(problems, 'initial option must match one of the options', at)
    }
  }
}

const optionsOrGroups: Check = (value, at, problems) => {
  if (!isJson(value)) return
  const given = ['options', 'option_groups'].filter(field => value[field] !== undefined)
  if (given.length !== 1) addProblem(problems, 'exactly one of options and option_groups is required', at)
}

const select = (name: string, optional: Shape): Check =>
  shape({ type: type(name) }, { ...common, ...placeholder, ...optional })

const staticOptions: Shape = {
  options: list(plainOption, { min: 1, max: 100 }),
  option_groups: list(optionGroup, { min: 1, max: 100 }),
}
const most: Shape = { max_selected_items: number({ min: 1 }) }

const choices = (name: string, initial: Shape): Check =>
  all(
    shape({ type: type(name), options: list(richOption, { min: 1, max: 10 }) }, { ...common, ...initial }),
    initialIsOffered,
  )

const selects = {
  static_select: all(
    select('static_select', { ...staticOptions, initial_option: plainOption }),
    optionsOrGroups,
    initialIsOffered,
  ),
  multi_static_select: all(
    select('multi_static_select', { ...staticOptions, ...most, initial_options: list(plainOption) }),
    optionsOrGroups,
    initialIsOffered,
  ),
  external_select: select('external_select', {
    initial_option: plainOption,
    min_query_length: number({ min: 0 }),
  }),
  users_select: select('users_select', { initial_user: text() }),
  multi_users_select: select('multi_users_select', { ...most, initial_users: list(text()) }),
  channels_select: select('channels_select', { initial_channel: text(), response_url_enabled: flag }),
  conversations_select: select('conversations_select', {
    initial_conversation: text(),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: isFilter,
  }),
}

function isFilter(value: unknown, at: string, problems: string[]): void {
  if (!isJson(value)) addProblem(problems, 'must be an object', at)
}

const pickers = {
  checkboxes: choices('checkboxes', { initial_options: list(richOption, { min: 1 }) }),
  radio_buttons: choices('radio_buttons', { initial_option: richOption }),
  datepicker: select('datepicker', { initial_date: text({ like: /^\d{4}-\d\d-\d\d$/ }) }),
  timepicker: select('timepicker', { initial_time: text({ like: /^\d\d:\d\d$/ }), timezone: text() }),
}

const button = shape(
  { type: type('button'), text: plain(75) },
  {
    ...actionable,
    confirm,
    value: text({ max: 2000 }),
    url: URL_TEXT,
    style: oneOf('primary', 'danger'),
    accessibility_label: text({ max: 75 }),
  },
)

const overflow = shape(
  { type: type('overflow'), options: list(plainOption, { min: 1, max: 5 }) },
  { ...actionable, confirm },
)

const numeric = text({ like: /^-?\d+(\.\d+)?$/ })

const numberBounds: Check = (value, at, problems) => {
  const { min_value: low, max_value: high } = jsonOf(value)
  if (low !== undefined && high !== undefined && Number(low) > Number(high)) {
    addProblem(problems, 'min_value must not be greater than max_value', at)
  }
}

const inputs = {
  plain_text_input: shape(
    { type: type('plain_text_input') },
    {
      ...actionable,
      ...placeholder,
      ...dispatch,
      focus_on_load: flag,
      initial_value: text({ min: 0, max: 3000 }),
      multiline: flag,
      min_length: number({ min: 0, max: 3000 }),
      max_length: number({ min: 1, max: 3000 }),
    },
  ),
  number_input: all(
    shape(
      { type: type('number_input'), is_decimal_allowed: flag },
      {
        ...actionable,
        ...placeholder,
        ...dispatch,
        focus_on_load: flag,
        initial_value: numeric,
        min_value: numeric,
        max_value: numeric,
      },
    ),
    numberBounds,
  ),
}

export const accessories = byType({ button, overflow, image: image(), ...selects, ...pickers })
export const actionElements = byType({ button, overflow, ...selects, ...pickers })
export const inputElements = byType({ ...inputs, ...selects, ...pickers })

// The emoji that Quarterdeck's messages use. All other shortcodes are shown as text, as Slack does for unknown ones.
const EMOJI: { readonly [name: string]: string } = {
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  rotating_light: '🚨',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  rocket: '🚀',
  eyes: '👀',
  lock: '🔒',
  unlock: '🔓',
  mag: '🔍',
  bell: '🔔',
  fire: '🔥',
  tada: '🎉',
  wave: '👋',
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_red_circle: '🔴',
  red_circle: '🔴',
  white_circle: '⚪',
  chart_with_upwards_trend: '📈',
  information_source: 'ℹ️',
  octagonal_sign: '🛑',
  no_entry: '⛔',
  arrow_right: '➡️',
  arrows_counterclockwise: '🔄',
  bulb: '💡',
  memo: '📝',
  zzz: '💤',
  anchor: '⚓',
}

export const emojiText = (name: string): string => EMOJI[name] ?? `:${name}:`

/** Replaces shortcodes with emoji, as Slack does in plain_text unless `emoji` is false. */
export const withEmoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]+):/g, (_, name: string) => emojiText(name))

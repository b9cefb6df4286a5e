// WCAG contrast of every text that is visible on a page, as an expression to evaluate in it.

/** Yields `text: ratio` for each that is below AA: 4.5, or 3 where the text is large. */
export const LOW_CONTRAST = `(() => {
  const parse = text => {
    const numbers = (text.match(/[\\d.]+/g) ?? []).map(Number)
    const [r = 0, g = 0, b = 0, a = 1] = numbers
    return text.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]
  }
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map(value => {
      const part = value / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at)
      if (style.backgroundImage !== 'none') return undefined
      const colour = parse(style.backgroundColor)
      if (colour[3] === 1) return colour
    }
    return [255, 255, 255]
  }
  const found = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent.trim()).join('')
    const style = getComputedStyle(element)
    if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest('.visually-hidden, option')) continue
    const below = ground(element)
    if (!below) continue
    const pair = [light(parse(style.color)), light(below)].toSorted((a, b) => b - a)
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05)
    const size = Number.parseFloat(style.fontSize)
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    if (ratio < (large ? 3 : 4.5)) found.push(element.className + ' ' + own.slice(0, 30) + ': ' + ratio.toFixed(2))
  }
  return found
})()`

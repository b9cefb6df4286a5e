// The SVG paths of the icons.

export const ANCHOR = 'M12 8v13M8 11.5h8M4.5 14c.4 4 3.4 7 7.5 7s7.1-3 7.5-7M12 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z'
export const EYE =
  'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z'
export const THREAD = 'M21 12a8 8 0 0 1-8 8H4l1.5-3.5A8 8 0 1 1 21 12Z'
export const SEND = 'M4 12l16-8-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4'
export const CLOSE = 'M6 6l12 12M18 6L6 18'
export const MENU = 'M4 6h16M4 12h16M4 18h16'
export const MORE = 'M12 5.5v.01M12 12v.01M12 18.5v.01'
export const SUN =
  'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4'
export const MOON = 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z'
export const GLOBE =
  'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.5 2.5 3.5 5.5 3.5 9s-1 6.5-3.5 9c-2.5-2.5-3.5-5.5-3.5-9s1-6.5 3.5-9Z'
export const FILE = 'M14 3H6.5A1.5 1.5 0 0 0 5 4.5v15A1.5 1.5 0 0 0 6.5 21h11a1.5 1.5 0 0 0 1.5-1.5V8l-5-5Zm0 0v5h5'
export const PIN = 'M9 4h6l-1 6 3 3H7l3-3-1-6ZM12 13v7'
export const USERS =
  'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-3.5 3-5.5 6.5-5.5s6.5 2 6.5 5.5M16 5a3.2 3.2 0 0 1 0 6M18 15c2 .8 3.5 2.4 3.5 5'

// The type of imported style sheets, which esbuild bundles.
declare module '*.css' {}

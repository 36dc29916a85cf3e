/** Files that webpack puts beside the bundles. */
declare module '*.css'
declare module '*.svg'

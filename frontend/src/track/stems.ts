/** The stems that a separator makes of a track, as the studio calls them. */
export const SPLIT_STEMS: readonly string[] = ['drums', 'bass', 'vocals', 'other']

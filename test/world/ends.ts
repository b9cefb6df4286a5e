/** The first line of the card of a change that has ended. */
export const ENDED =
  /^(?:✅ Done|❌ Failed|⚪ Replaced|⏸ Blocked|⚠️ Unknown|⚪ Out of date|🚫 Rejected|⌛ Expired|⚪ Cancelled|↩️ Reverted|📌 Kept|✅ Watched|✅ Watch stopped|⚠️ Watch lost|❌ Rolled back|❌ Not rolled back|⚠️ Not reverted) · /u

/** The entry in the menu of messages: threads take no slash commands. */
export const shortcutId = "nonet_command";

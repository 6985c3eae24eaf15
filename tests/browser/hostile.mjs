export const about = 'x'; export async function run() {}

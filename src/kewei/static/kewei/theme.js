// Runs before anything is drawn, so that a dark page never flashes white. Without a choice the system decides.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("kewei-theme"); } catch { /* storage may be closed to us */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();

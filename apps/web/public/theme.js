// Sets the colour scheme before the first paint, so that a dark desk never flashes white. A file of its own, because the
// content security policy allows no inline script. The key and the attribute are the ones Mantine uses afterwards.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('patchline:theme');
  } catch (error) {
    console.info('This browser keeps no settings for this site; the theme follows the system.', error);
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const root = document.documentElement;
  root.dataset.mantineColorScheme = dark ? 'dark' : 'light';
  root.style.colorScheme = dark ? 'dark' : 'light';
  root.style.backgroundColor = dark ? '#0d1010' : '#f3f3f0';
})();

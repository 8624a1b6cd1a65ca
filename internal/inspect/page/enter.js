// The key of a link is behind its #, and goes to the server in a form.
(() => {
	"use strict";
	const key = location.hash.slice(1);
	if (!key) return;
	history.replaceState(null, "", location.pathname);
	document.getElementById("key").value = key;
	document.getElementById("enter").submit();
})();

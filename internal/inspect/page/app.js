// The page follows the queue: it asks for itself again every second, less often where the
// answer takes its time, and puts what has changed in the place of what was. Links and forms are answered the same way, so that
// the page does not blink; without this script they work as links and forms do.
(() => {
	"use strict";

	const every = 1000;
	const live = document.getElementById("live");
	const still = window.matchMedia("(prefers-reduced-motion: reduce)");
	let tag = "";      // of the page that is shown
	let on = true;
	let timer = 0;
	let asked = 0;     // the number of the latest question
	let underway = null;

	// fetchPage asks for an address. It returns null when nothing has changed, or when
	// another question was asked meanwhile.
	async function fetchPage(url, known) {
		const number = ++asked;
		if (underway) underway.abort();
		underway = new AbortController();
		const answer = await fetch(url, {
			headers: known ? {"If-None-Match": known} : {},
			credentials: "same-origin", cache: "no-store", signal: underway.signal,
		});
		if (answer.status === 304) {
			setClock(answer.headers.get("X-Bitsemu-Time"));
			return null;
		}
		if (answer.status === 401 || answer.status === 403) throw new Error("not let in any more: open the link that was printed again");
		if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error("status " + answer.status);
		const text = await answer.text();
		if (number !== asked) return null;
		tag = answer.headers.get("ETag") || "";
		return new DOMParser().parseFromString(text, "text/html");
	}

	function setClock(time) {
		const clock = document.getElementById("clock");
		if (clock && time && clock.textContent !== time) clock.textContent = time;
	}

	function lost(text) {
		const place = document.getElementById("lost");
		if (place && place.textContent !== text) place.textContent = text;
	}

	// morph makes have be as want is. What is the same stays, with its focus and its
	// selection; elements with an id are found again by it.
	function morph(have, want) {
		if (have.nodeType !== 1) {
			if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
			return;
		}
		for (const {name} of [...have.attributes]) {
			if (!want.hasAttribute(name) && name !== "open") have.removeAttribute(name);
		}
		for (const {name, value} of want.attributes) {
			if (name === "open" && have.localName === "details") continue;
			if (have.getAttribute(name) !== value) have.setAttribute(name, value);
		}
		if (have.localName === "progress") return;
		const byId = new Map();
		for (const child of have.children) if (child.id) byId.set(child.id, child);
		let at = have.firstChild;
		for (const next of [...want.childNodes]) {
			let match = null;
			if (next.id && byId.has(next.id)) {
				match = byId.get(next.id);
				if (match.localName !== next.localName) match = null;
			} else if (!next.id) {
				if (at && !at.id && at.nodeType === next.nodeType && at.nodeName === next.nodeName) match = at;
			}
			if (!match) {
				have.insertBefore(document.importNode(next, true), at);
				continue;
			}
			if (match === at) at = at.nextSibling;
			else have.insertBefore(match, at);
			if (match.localName === "tr" && match.id && match.className !== next.className) flash(match, next);
			morph(match, next);
		}
		while (at) {
			const gone = at;
			at = at.nextSibling;
			gone.remove();
		}
	}

	// flash shows that a job has come into another state.
	function flash(row, next) {
		if (still.matches) return;
		next.classList.add("changed");
		setTimeout(() => row.classList.remove("changed"), 1700);
	}

	// show puts a page in the place of the one that is there.
	function show(page, whole) {
		const have = document.getElementById("main"), want = page.getElementById("main");
		if (!have || !want) return;
		document.title = page.title;
		for (const part of ["header nav", "header .build", ".foot"]) {
			const a = document.querySelector(part), b = page.querySelector(part);
			if (a && b) morph(a, b);
		}
		notes(page);
		const clock = page.getElementById("clock");
		setClock(clock && clock.textContent);
		if (whole) {
			have.replaceChildren(...[...want.childNodes].map((n) => document.importNode(n, true)));
		} else {
			const kept = keep(have);
			morph(have, want);
			kept();
		}
	}

	// notes puts in what is said above the page.
	function notes(page) {
		const place = document.getElementById("lost");
		for (const old of document.querySelectorAll("body > .note:not(#lost)")) old.remove();
		for (const fresh of page.querySelectorAll("body > .note:not(#lost)")) place.before(document.importNode(fresh, true));
	}

	// keep remembers what somebody is just writing or choosing, and where the focus is.
	function keep(within) {
		const fields = [...within.querySelectorAll("input, select, textarea")].filter((f) => f.id);
		const values = fields.map((f) => [f, f.value]);
		const focus = document.activeElement;
		return () => {
			for (const [field, value] of values) if (field.isConnected && field.value !== value) field.value = value;
			if (within.contains(focus) && document.activeElement !== focus) focus.focus({preventScroll: true});
		};
	}

	// again asks whether something has changed, and once more in a while.
	async function again() {
		clearTimeout(timer);
		const start = performance.now();
		if (on && document.visibilityState === "visible") {
			try {
				const page = await fetchPage(location.href, tag);
				if (page) show(page, false);
				lost("");
			} catch (e) {
				if (e.name === "AbortError") return;
				lost("Not live: " + (e instanceof TypeError ? "nothing answers" : e.message) + ".");
			}
		}
		clearTimeout(timer);
		timer = setTimeout(again, Math.max(every, 5 * (performance.now() - start)));
	}

	// go shows another page. where tells what is to have the focus then.
	async function go(url, how, where) {
		clearTimeout(timer);
		try {
			const page = await fetchPage(url, "");
			if (page) {
				if (how === "push") history.pushState(null, "", url);
				else if (how === "replace") history.replaceState(null, "", url);
				show(page, where === "main");
				lost("");
				if (where === "main") {
					window.scrollTo(0, 0);
					document.getElementById("main").focus({preventScroll: true});
				} else if (where) {
					const place = document.getElementById(where);
					if (place) place.focus({preventScroll: true});
				}
			}
		} catch (e) {
			if (e.name === "AbortError") return;
			location.assign(url);
			return;
		}
		timer = setTimeout(again, every);
	}

	// ours reports whether a link leads to a page of this kind.
	function ours(link) {
		return link.origin === location.origin && link.pathname.startsWith(root) && !link.hash && !link.target && !link.hasAttribute("download");
	}
	const root = new URL(document.querySelector(".brand").getAttribute("href"), location.href).pathname;

	document.addEventListener("click", (e) => {
		if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
		const link = e.target.closest("a[href]");
		if (!link || !ours(link)) return;
		e.preventDefault();
		const same = new URL(link.href).pathname === location.pathname;
		go(link.href, "push", same && link.id ? link.id : same ? "" : "main");
	});

	const addressOf = (form) => {
		const url = new URL(form.getAttribute("action"), location.href);
		const asks = new URLSearchParams();
		for (const [name, value] of new FormData(form)) if (value !== "" && !(name === "sort" && value === "attention")) asks.append(name, value);
		url.search = asks.toString();
		return url.href;
	};
	document.addEventListener("submit", (e) => {
		if (e.target.method !== "get") return;
		e.preventDefault();
		go(addressOf(e.target), "push", "");
	});
	let typing = 0;
	document.addEventListener("input", (e) => {
		const form = e.target.form;
		if (!form || e.target.localName === "textarea") return;
		clearTimeout(typing);
		typing = setTimeout(() => { if (form.isConnected) go(addressOf(form), "replace", ""); }, e.target.type === "search" ? 200 : 0);
	});

	// Up and Down go from job to job once one has the focus.
	document.addEventListener("keydown", (e) => {
		if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key) || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
		const link = document.activeElement;
		if (!link || !link.classList.contains("job")) return;
		const all = [...document.querySelectorAll("a.job")], i = all.indexOf(link);
		const to = {ArrowDown: all[i + 1], ArrowUp: all[i - 1], Home: all[0], End: all[all.length - 1]}[e.key];
		if (!to) return;
		e.preventDefault();
		to.focus();
	});

	window.addEventListener("popstate", () => go(location.href, "", "main"));
	document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") again(); });

	live.hidden = false;
	live.addEventListener("click", () => {
		on = !on;
		live.setAttribute("aria-pressed", String(on));
		if (on) again();
	});
	timer = setTimeout(again, every);
})();

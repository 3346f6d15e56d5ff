// Doubles of navigator.hid and navigator.serial that refuse what a browser refuses. What is plugged in and what may be read
// outlives a reload. `usb` is what a test holds in its hand.
((collections) => {
  const memory = {
    get all() { return JSON.parse(localStorage.getItem("plugged-in") ?? "{}"); },
    set(name, value) { localStorage.setItem("plugged-in", JSON.stringify({ ...this.all, [name]: value })); },
  };
  const refuse = (name) => { throw new DOMException("refused by the double", name); };
  const needsClick = () => navigator.userActivation.isActive || refuse("SecurityError");

  class Device extends EventTarget {
    opened = false;
    vendorId = 0x0c2e;
    productName = "A scanner";
    collections = collections;
    async open() {
      if (this.opened) refuse("InvalidStateError");
      if (!memory.all.hid || memory.all.busy) refuse("NotAllowedError");
      this.opened = true;
    }
    async close() { this.opened = false; }
    async forget() { memory.set("mayHid", false); }
    async sendFeatureReport() { refuse("NotAllowedError"); }
  }

  class Hid extends EventTarget {
    device = new Device();
    async getDevices() { return memory.all.hid && memory.all.mayHid ? [this.device] : []; }
    async requestDevice({ filters }) {
      needsClick();
      const fits = collections.some(({ usagePage }) => filters.some((filter) => filter.usagePage === usagePage));
      if (!memory.all.hid || !fits) return [];
      memory.set("mayHid", true);
      return [this.device];
    }
  }

  class Port extends EventTarget {
    #isOpen = false;
    #stream = null;
    #controller = null;
    async open({ baudRate }) {
      if (!(baudRate > 0)) throw new TypeError("no baud rate");
      if (this.#isOpen) refuse("InvalidStateError");
      if (!memory.all.serial || memory.all.busy) refuse("NetworkError");
      this.#isOpen = true;
    }
    get readable() {
      if (!this.#isOpen) return null;
      this.#stream ??= new ReadableStream({
        start: (controller) => (this.#controller = controller),
        cancel: () => { this.#stream = null; },
      });
      return this.#stream;
    }
    async close() {
      if (this.#stream?.locked) throw new TypeError("a reader still holds it");
      this.#isOpen = false;
      this.#stream = null;
    }
    async forget() { memory.set("maySerial", false); }
    send(bytes) { this.#controller.enqueue(Uint8Array.from(bytes)); }
    fail(name) {
      if (name === "NetworkError") this.#isOpen = false;
      this.#stream = null;
      this.#controller?.error(new DOMException("", name));
    }
  }

  class Serial extends EventTarget {
    port = new Port();
    async getPorts() { return memory.all.serial && memory.all.maySerial ? [this.port] : []; }
    async requestPort() {
      needsClick();
      if (!memory.all.serial) refuse("NotFoundError");
      memory.set("maySerial", true);
      return this.port;
    }
  }

  const [hid, serial] = [new Hid(), new Serial()];
  Object.defineProperty(navigator, "hid", { value: hid });
  Object.defineProperty(navigator, "serial", { value: serial });

  window.usb = {
    remember: (name, value) => memory.set(name, value),
    plug(way) {
      memory.set(way, true);
      const may = memory.all[way === "hid" ? "mayHid" : "maySerial"];
      if (may) tell(way, "connect");
    },
    unplug(way) {
      memory.set(way, false);
      hid.device.opened = hid.device.opened && way !== "hid";
      if (way === "serial") serial.port.fail("NetworkError");
      tell(way, "disconnect");
    },
    report(reportId, bytes) {
      if (!hid.device.opened) return;
      const whole = Uint8Array.from([reportId, ...bytes]); // what a page sees of it begins behind the id
      const event = Object.assign(new Event("inputreport"), { device: hid.device, reportId, data: new DataView(whole.buffer, 1) });
      hid.device.dispatchEvent(event);
    },
    send: (bytes) => serial.port.send(bytes),
    fail: (name) => serial.port.fail(name),
  };

  function tell(way, kind) {
    const event = new Event(kind);
    if (way === "hid") hid.dispatchEvent(Object.assign(event, { device: hid.device }));
    else serial.dispatchEvent(Object.defineProperty(event, "target", { value: serial.port })); // it bubbles from the port
  }
})

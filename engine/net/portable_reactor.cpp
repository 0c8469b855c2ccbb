// SPDX-License-Identifier: MIT
#include "net/reactor.h"

#include "net/socket.h"

#include <QSocketNotifier>

#include <utility>

namespace reverxy::net {

namespace {
struct Registration : QObject {
    explicit Registration(int descriptor)
        : read(descriptor, QSocketNotifier::Read), write(descriptor, QSocketNotifier::Write) {}

    QSocketNotifier read;
    QSocketNotifier write;
};

Registration* registrationOf(std::uintptr_t number) {
    return reinterpret_cast<Registration*>(number);
}
} // namespace

class PortableReactor final : public Reactor {
  public:
    bool add(Pollable& pollable) override {
        auto* const registration = new Registration(pollable.descriptor());
        pollable.m_registration = reinterpret_cast<std::uintptr_t>(registration);
        // A notifier tells as long as a descriptor is ready; switching it off at each report makes that an edge.
        QObject::connect(&registration->read, &QSocketNotifier::activated, &registration->read, [this, &pollable] {
            registrationOf(pollable.m_registration)->read.setEnabled(false);
            report(pollable, {true, false, false});
        });
        QObject::connect(&registration->write, &QSocketNotifier::activated, &registration->write,
                         [this, &pollable] {
                             registrationOf(pollable.m_registration)->write.setEnabled(false);
                             report(pollable, {false, true, false});
                         });
        return true;
    }

    void remove(Pollable& pollable) override {
        auto* const registration = registrationOf(std::exchange(pollable.m_registration, 0));
        if (!registration)
            return;
        registration->read.setEnabled(false);
        registration->write.setEnabled(false);
        registration->deleteLater(); // this may run within one of its signals
    }

    void close(Pollable& pollable) override {
        remove(pollable);
        closeDescriptor(pollable);
    }

    void awaitRead(Pollable& pollable) override {
        if (auto* const registration = registrationOf(pollable.m_registration))
            registration->read.setEnabled(true);
    }

    void awaitWrite(Pollable& pollable) override {
        if (auto* const registration = registrationOf(pollable.m_registration))
            registration->write.setEnabled(true);
    }

  private:
    void report(Pollable& pollable, Readiness readiness) {
        m_before();
        pollable.onReady(readiness);
        m_after();
    }
};

void Reactor::closeDescriptor(Pollable& pollable) {
    if (pollable.m_descriptor >= 0)
        closeSocket(std::exchange(pollable.m_descriptor, -1));
}

std::unique_ptr<Reactor> makePortableReactor() {
    return std::make_unique<PortableReactor>();
}

std::unique_ptr<Reactor> makeReactor(bool portable) {
    auto reactor = portable ? nullptr : makeEpollReactor();
    return reactor ? std::move(reactor) : makePortableReactor();
}

} // namespace reverxy::net

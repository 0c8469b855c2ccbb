// SPDX-License-Identifier: MIT
#include "net/reactor.h"

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
} // namespace

class PortableReactor final : public Reactor {
  public:
    bool add(Pollable& pollable) override {
        auto* const registration = new Registration(pollable.descriptor());
        pollable.m_registration = registration;
        // A notifier tells as long as a descriptor is ready; switching it off at each report makes that an edge.
        QObject::connect(&registration->read, &QSocketNotifier::activated, &registration->read, [this, &pollable] {
            static_cast<Registration*>(pollable.m_registration)->read.setEnabled(false);
            report(pollable, {true, false, false});
        });
        QObject::connect(&registration->write, &QSocketNotifier::activated, &registration->write,
                         [this, &pollable] {
                             static_cast<Registration*>(pollable.m_registration)->write.setEnabled(false);
                             report(pollable, {false, true, false});
                         });
        return true;
    }

    void remove(Pollable& pollable) override {
        auto* const registration = static_cast<Registration*>(std::exchange(pollable.m_registration, nullptr));
        if (!registration)
            return;
        registration->read.setEnabled(false);
        registration->write.setEnabled(false);
        registration->deleteLater(); // this may run within one of its signals
    }

    void awaitRead(Pollable& pollable) override {
        if (auto* const registration = static_cast<Registration*>(pollable.m_registration))
            registration->read.setEnabled(true);
    }

    void awaitWrite(Pollable& pollable) override {
        if (auto* const registration = static_cast<Registration*>(pollable.m_registration))
            registration->write.setEnabled(true);
    }

  private:
    void report(Pollable& pollable, Readiness readiness) {
        m_before();
        pollable.onReady(readiness);
        m_after();
    }
};

std::unique_ptr<Reactor> makePortableReactor() {
    return std::make_unique<PortableReactor>();
}

std::unique_ptr<Reactor> makeReactor(bool portable) {
    auto reactor = portable ? nullptr : makeEpollReactor();
    return reactor ? std::move(reactor) : makePortableReactor();
}

} // namespace reverxy::net

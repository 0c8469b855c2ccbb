// SPDX-License-Identifier: MIT
#include "net/probe.h"

namespace reverxy::net {

namespace {

constexpr http::HeadLimits headLimits; // the defaults of those for traffic
/// Of a response's body so much is read: a service that is cut off in the middle of it may complain in its log.
constexpr size_t bodyLimit = 64 * 1024;

} // namespace

Probe::Probe(Loop& loop, WaitingTable& waiting, Owner& owner, uint32_t id,
             std::shared_ptr<const health::Target> target, std::shared_ptr<proxy::BackendState> place)
    : m_loop(loop), m_owner(owner), m_id(id), m_target(std::move(target)), m_definition(m_target->definition()),
      m_connector(loop, waiting, *this) {
    m_place.state = std::move(place);
}

Probe::~Probe() {
    m_loop.cancel(*this);
}

void Probe::start() {
    m_begun = m_loop.now();
    m_loop.arm(*this, m_begun + m_definition.timeout);
    switch (m_connector.start(m_place, m_definition.timeout)) {
    case Connector::Result::Connected:
        return connected();
    case Connector::Result::Failed:
        return connectorEnded(false);
    case Connector::Result::Pending:
        break;
    }
}

void Probe::connectorEnded(bool succeeded) {
    if (succeeded)
        return connected();
    if (!m_connector.localFault())
        return fail(m_connector.failure(), m_connector.details());
    m_decided = true;
    m_owner.probeDecided(*this, std::nullopt);
    end();
}

void Probe::connected() {
    m_connection = m_connector.takeConnection();
    if (m_definition.connectOnly()) {
        decide({true, 0, Failure::None, 0, {}});
        return end();
    }
    m_connection->attach(*this, http::Method::Get, headLimits, m_head);
    http::FieldList fields;
    fields.add("Host", m_definition.authority, http::FieldId::Host);
    fields.add("User-Agent", "reverxy/" REVERXY_VERSION " (health check)");
    fields.add("Accept", "*/*");
    fields.add("Connection", "close", http::FieldId::Connection);
    proxy::RequestOut request{"GET", m_definition.target, fields, {}, {}};
    m_connection->sendHead(request);
    m_connection->flush();
}

void Probe::upstreamHead(const http::ResponseHead& head) {
    if (head.isInterim())
        return;
    const bool passed = head.status >= m_definition.firstStatus && head.status <= m_definition.lastStatus;
    decide({passed, head.status, Failure::None, 0, {}});
    if (head.status == 101)
        end();
}

void Probe::upstreamBody(const Piece& piece) {
    m_bodyBytes += piece.bytes.size();
    if (m_bodyBytes > bodyLimit)
        end();
}

void Probe::upstreamEnd(const http::FieldList&, bool) {
    end();
}

void Probe::upstreamLost(Failure failure, std::string_view details) {
    fail(failure, details);
}

void Probe::onTimer(TimePoint) {
    if (!m_connection)
        m_connector.abandon();
    fail(m_connection ? Failure::ResponseTimeout : Failure::ConnectTimeout, {});
}

void Probe::fail(Failure failure, std::string_view details) {
    if (!m_decided)
        decide({false, 0, failure, 0, std::string(details)});
    end();
}

void Probe::decide(health::ProbeResult result) {
    m_decided = true;
    result.micros = microsBetween(m_begun, m_loop.now());
    m_owner.probeDecided(*this, result);
}

void Probe::end() {
    if (std::exchange(m_over, true))
        return;
    m_loop.cancel(*this);
    m_connector.abandon();
    if (m_connection) {
        m_connection->close();
        m_loop.discard(std::move(m_connection)); // this may run within one of its events
    }
    m_owner.probeOver(*this);
}

} // namespace reverxy::net

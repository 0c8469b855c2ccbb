// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

namespace reverxy::ui {

/// A live figure with its caption below. As wide as its widest value, so that nothing moves when it changes.
class Figure : public QWidget {
    Q_OBJECT
  public:
    /// `widest` is a value as wide as any that will be shown.
    Figure(const QString& caption, const QString& widest, const QString& note, QWidget* parent);

    void setValue(const QString& value);

    QString value() const { return m_value; }

    /// Shows that the figure is one to worry about: coloured, and with a sign.
    void setAlarming(bool alarming);

    bool isAlarming() const { return m_alarming; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QFont valueFont() const;
    QFont captionFont() const;

    QString m_caption;
    QString m_widest;
    QString m_value;
    bool m_alarming = false;
};

} // namespace reverxy::ui

// Package policy reads and applies what people state about states: conditions in CEL, burn rates, and maintenance. It
// is pure: a condition is compiled once, says which numbers it needs, and is then a function of them.
//
// Conditions have three truth values. A number that is missing is NaN, and what follows from it is unknown: a
// comparison, a sum, or a choice by an unknown condition. Only && and || can do without: false && unknown is false and
// true || unknown is true, as in Kleene's logic. A result that is no number, such as that of a division by 0, is missing
// too.
//
// Every number is a double, whole ones too, so that 1/2 is a half. Numbers are compared with cer.Tolerance: those that
// differ by rounding only are equal, so that >=, <= and == are true of them, and >, < and != false.
package policy
